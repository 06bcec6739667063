// From run directories through the history file to findings: simulated nights with planted faults.
#include "reports/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/error.h"
#include "reports/history_findings.h"
#include "reports/history_life.h"
#include "reports/history_store.h"
#include "reports/outputs.h"
#include "tests/reports/fleet.h"
#include "tests/reports/simulated.h"

namespace plumb::reports {
namespace {

using core::Finding;
using core::FindingKind;
using testing::HasSubstr;

constexpr const char* kFabric = "rail:hosts=32,rails=2,leaf=8,spines=2";

/// The verdict on a night, which is added.
core::Verdict judged(const std::filesystem::path& run, const std::filesystem::path& history) {
  const auto evidence = read_evidence({run});
  Fabric fabric(read_map({run}));
  auto judgement = judge(evidence, fabric, default_limits());
  RememberedRun remembered(history, evidence, fabric, judgement);
  remembered.add(judgement.verdict);
  return judgement.verdict;
}

std::vector<Finding> regressions(const core::Verdict& verdict) {
  std::vector<Finding> found;
  std::ranges::copy_if(verdict.findings, std::back_inserter(found),
                       [](const Finding& f) { return f.kind == FindingKind::regression; });
  return found;
}

std::string says(const Finding& finding) {
  std::string text;
  for (const auto& item : finding.evidence) {
    text += item.says + "\n";
  }
  return text;
}

test::Simulated nights(const std::string& faults, int count, int regression_at) {
  auto options = test::simulation(kFabric, faults);
  options.nights = count;
  options.regression_at = regression_at;
  return test::Simulated(options);
}

TEST(History, ADriverThatSlowsEverybodyIsOneFindingThatNamesIt) {
  const auto simulated = nights("slow_nic:1@0.7,regression@0.9", 7, 7);
  const test::TemporaryDir dir;
  const auto history = dir.path() / "history.db";
  for (int night = 1; night < 7; ++night) {
    EXPECT_THAT(regressions(judged(simulated.path(night), history)), testing::IsEmpty()) << night;
  }
  const auto verdict = judged(simulated.path(7), history);
  const auto found = regressions(verdict);
  ASSERT_EQ(found.size(), 1U) << terminal_text(verdict, false);
  EXPECT_EQ(found[0].severity, core::Severity::fail);
  EXPECT_NEAR(*found[0].slowdown, 0.9, 0.02);
  EXPECT_THAT(found[0].title, testing::AllOf(HasSubstr("driver"), HasSubstr("->")));
  // Again, now that the run itself is in the file: the same to the byte.
  EXPECT_EQ(core::to_json(judged(simulated.path(7), history)).dump(), core::to_json(verdict).dump());
  EXPECT_EQ(HistoryStore(history, HistoryStore::Mode::read).runs().size(), 7U);
}

TEST(History, ASlowPartIsToldHowItWasAndHowOftenItWasFlagged) {
  const auto simulated = nights("slow_nic:1@0.7", 4, 0);
  const test::TemporaryDir dir;
  const auto history = dir.path() / "history.db";
  for (int night = 1; night < 4; ++night) {
    judged(simulated.path(night), history);
  }
  const auto verdict = judged(simulated.path(4), history);
  ASSERT_FALSE(verdict.findings.empty());
  EXPECT_THAT(says(verdict.findings[0]),
              testing::AllOf(HasSubstr("usually (median of earlier runs: 3)"), HasSubstr("serial number SIM"),
                             HasSubstr("in 3 earlier runs")));
  EXPECT_THAT(verdict.findings[0].advice, HasSubstr("earlier runs flagged it, too"));
}

TEST(History, ASerialNumberIsKnownInAnotherSlot) {
  const auto simulated = nights("slow_nic:1@0.7", 1, 0);
  const test::TemporaryDir dir;
  const auto history = dir.path() / "history.db";
  const auto evidence = read_evidence({simulated.path(1)});
  Fabric fabric(read_map({simulated.path(1)}));
  const auto plain = judge(evidence, fabric, default_limits()).verdict;
  ASSERT_FALSE(plain.findings.empty());
  std::string serial;
  for (const auto& suspect : plain.findings[0].suspects) {
    if (const auto node = fabric.graph().find(suspect.component); node && suspect.component.starts_with("nic/")) {
      serial = fabric.graph().row(*node).serial;
    }
  }
  ASSERT_FALSE(serial.empty());
  for (const char* start : {"2025-01-01T00:00:00Z", "2025-01-02T00:00:00Z"}) {
    RunSummary run;
    run.name = "earlier";
    run.start_utc = start;
    core::Verdict verdict;
    verdict.findings.emplace_back();
    verdict.findings[0].suspects = {{"nic/elsewhere/nic4", 0.6}};
    HistoryStore(history, HistoryStore::Mode::add).add(run, {}, verdict, {{"nic/elsewhere/nic4", serial}});
  }
  EXPECT_THAT(says(judged(simulated.path(1), history).findings[0]),
              HasSubstr(serial + ", was flagged in 2 earlier runs, from 2025-01-01 to 2025-01-02; it was in another "
                                 "place then: nic/elsewhere/nic4"));
}

TEST(History, APartThatFadesIsToldWhereTonightNamesIt) {
  const test::TemporaryDir dir;
  const auto history = dir.path() / "history.db";
  core::Verdict verdict;
  for (int night = 0; night < 12; ++night) {
    test::Fleet fleet;
    fleet.hosts = 12;
    fleet.seed = static_cast<std::uint64_t>(night + 1);
    // 4 % in the last four nights: too little for a single night to be sure of.
    fleet.factor = [night](int a, int b) { return night >= 8 && (a == 5 || b == 5) ? 0.965 : 1.0; };
    const auto run = dir.path() / ("night" + std::to_string(night));
    fleet.write(run);
    core::Manifest manifest;
    manifest.tool = "plumb-pairs";
    manifest.status = "complete";
    manifest.start_utc = "2026-03-" + std::to_string(10 + night) + "T01:00:00Z";
    core::RunDir::create(run).put(manifest);
    verdict = judged(run, history);
  }
  EXPECT_THAT(regressions(verdict), testing::IsEmpty());
  ASSERT_EQ(verdict.findings.size(), 1U) << terminal_text(verdict, false);
  EXPECT_EQ(verdict.findings[0].suspects.at(0).component, "host/n05");
  EXPECT_THAT(says(verdict.findings[0]), HasSubstr("of its peers until 2026-03-17, 4 runs ago"));
}

TEST(History, APartThatFadesIsAFindingOfItsOwnWhereTonightDoesNotNameIt) {
  RunSummary tonight;
  tonight.start_utc = "2026-03-12T01:00:00Z";
  tonight.parts.push_back({"gpu/n1/0", "gpu", "host/n1", "switch/l1", {"nic/n1/mlx5_0"}, ""});
  ReadPast past;
  for (const char* start : {"2026-03-09T01:00:00Z", "2026-03-10T01:00:00Z", "2026-03-11T01:00:00Z"}) {
    past.records.push_back({1, start, "run", "pass", "", 1, 0});
  }
  const HistoryContext context{tonight, past, "history.db"};
  const PartShift shift{Scope::part, 0, "bandwidth in", {1e-9, std::log(0.99), std::log(0.93), 3, false}, {}};
  core::Verdict verdict;
  const auto found = part_findings({shift}, context, verdict);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, FindingKind::regression);
  EXPECT_EQ(found[0].severity, core::Severity::warn);
  EXPECT_EQ(
      found[0].title,
      "gpu n1/0 got slower than before: bandwidth in: was at 99 % of its peers until 2026-03-09, 3 runs ago; 93 % "
      "since");
  ASSERT_EQ(found[0].suspects.size(), 2U);
  verdict.findings.emplace_back();
  verdict.findings[0].suspects = {{"host/n1", 1}};
  EXPECT_THAT(part_findings({shift}, context, verdict), testing::IsEmpty());
  EXPECT_THAT(says(verdict.findings[0]), HasSubstr("3 runs ago"));
}

TEST(History, ARunThatNobodyCanPlaceInTimeIsRefused) {
  const test::TemporaryDir dir;
  test::Fleet().write(dir.path() / "run");
  try {
    judged(dir.path() / "run", dir.path() / "history.db");
    ADD_FAILURE() << "it was taken";
  } catch (const core::Error& said) {
    EXPECT_THAT(said.what(), HasSubstr("no manifest tells when the run started"));
  }
  std::filesystem::rename(dir.path() / "run", dir.path() / "20260310T010000Z-run");
  judged(dir.path() / "20260310T010000Z-run", dir.path() / "history.db");
  EXPECT_EQ(HistoryStore(dir.path() / "history.db", HistoryStore::Mode::read).runs().at(0).start_utc,
            "2026-03-10T01:00:00Z");
}

TEST(History, ALifeIsPrintedAndDrawn) {
  const auto simulated = nights("slow_nic:1@0.7", 3, 0);
  const test::TemporaryDir dir;
  const auto history = dir.path() / "history.db";
  std::string slow;
  for (int night = 1; night <= 3; ++night) {
    slow = judged(simulated.path(night), history).findings.at(0).suspects.at(0).component;
  }
  const HistoryStore store(history, HistoryStore::Mode::read);
  const auto life = life_of(store, slow, store.runs());
  EXPECT_THAT(life_text(life, 10),
              testing::AllOf(HasSubstr("bandwidth out"), HasSubstr("70 %"), HasSubstr("fail slow")));
  EXPECT_THAT(life_svg(life), testing::AllOf(testing::StartsWith("<svg "), HasSubstr("<polyline"), HasSubstr("#c22"),
                                             testing::EndsWith("</svg>\n")));
  EXPECT_THAT(runs_text(store, 10), testing::AllOf(HasSubstr("flagged in two runs or more"), HasSubstr(": 3 runs")));
  EXPECT_THROW(life_of(store, "nic/none/0", store.runs()), core::Error);
}

}  // namespace
}  // namespace plumb::reports
