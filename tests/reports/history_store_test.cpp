// The history file: what goes in comes out, twice is once, what is no history is refused, and a kill loses nothing.
#include "reports/history_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "core/error.h"
#include "tests/core/temporary_dir.h"

namespace plumb::reports {
namespace {

using test::TemporaryDir;

RunSummary run_of(int night, std::size_t parts) {
  RunSummary run;
  run.name = "night" + std::to_string(night);
  run.start_utc = "2026-01-" + std::to_string(10 + night) + "T01:00:00Z";
  run.facts = {{"nccl", "2.28.9"}};
  run.questions = {"bandwidth out", "bandwidth in"};
  for (std::size_t i = 0; i < parts; ++i) {
    const auto host = std::to_string(i / 8), rail = std::to_string(i % 8);
    run.parts.push_back({"gpu/" + host + "/" + rail,
                         "gpu H100",
                         "host/" + host,
                         "switch/leaf" + rail,
                         {"nic/" + host + "/mlx5_" + rail},
                         "driver\t24.10\n"});
  }
  for (std::uint32_t question = 0; question < 2; ++question) {
    for (std::uint32_t part = 0; part < parts; ++part) {
      run.values.push_back({part, question, 0.98, 47e9 + part, 1.01, 4});
    }
  }
  return run;
}

core::Verdict verdict_on(const std::string& component) {
  core::Verdict verdict;
  verdict.kind = core::VerdictKind::fail;
  verdict.findings.emplace_back();
  verdict.findings[0].kind = core::FindingKind::slow_gpu;
  verdict.findings[0].suspects = {{component, 1}};
  return verdict;
}

TEST(HistoryStore, WhatGoesInComesOut) {
  const TemporaryDir dir;
  const auto path = dir.path() / "history.db";
  {
    HistoryStore store(path, HistoryStore::Mode::add);
    store.add(run_of(1, 4000), {{"class", 47e9}}, verdict_on("gpu/1/3"), {{"gpu/1/3", "SN1"}});
    store.add(run_of(2, 4000), {{"class", 1}}, verdict_on("gpu/7/2"), {{"gpu/7/2", "SN1"}});
  }
  const HistoryStore store(path, HistoryStore::Mode::read);
  const auto runs = store.runs();
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[1].name, "night2");
  EXPECT_EQ(runs[0].findings, 1);
  EXPECT_EQ(store.facts(runs[0].id).at("nccl"), "2.28.9");
  EXPECT_EQ(store.anchors().at("class"), 47e9);  // the first stays
  const auto number = store.parts().at("gpu/499/7");
  const auto values = store.values(runs[0].id, "bandwidth in");
  EXPECT_EQ(values.at(number), stored(0.98, 1.01, 47e9 + 3999, 4));
  EXPECT_EQ(store.version_texts().at(store.versions(runs[1].id).at(number)), "driver\t24.10\n");
  EXPECT_EQ(store.parts_of("nic/499/mlx5_7"), std::vector{number});
  EXPECT_EQ(store.parts_of("host/499").size(), 8U);
  EXPECT_EQ(store.parts_of("switch/leaf3").size(), 500U);
  EXPECT_EQ(store.lives({number}, "bandwidth out").size(), 2U);
  const auto flags = store.flags_of_serial("SN1");
  ASSERT_EQ(flags.size(), 2U);
  EXPECT_EQ(flags[1].component, "gpu/7/2");
  EXPECT_THAT(store.repeat_offenders(2, 10), testing::ElementsAre(Offender{"SN1", ""}));
  EXPECT_THAT(store.repeat_offenders(3, 10), testing::IsEmpty());
  EXPECT_THAT(store.repeat_offenders(2, 10, {runs[1].start_utc}), testing::IsEmpty());
}

TEST(HistoryStore, WhatHasNoSerialNumberOffendsByItsPlaceAndSettingsNever) {
  const TemporaryDir dir;
  HistoryStore store(dir.path() / "history.db", HistoryStore::Mode::add);
  for (int night = 1; night <= 3; ++night) {
    auto verdict = verdict_on("cable");
    verdict.findings[0].suspects = {{"cable", 0.6}, {"nic", 0.3}, {"host", 0.09}};
    verdict.findings.push_back(verdict_on("host/7").findings[0]);
    verdict.findings[1].kind = core::FindingKind::config;
    store.add(run_of(night, 50), {}, verdict, night == 2 ? Serials{{"nic", "SN2"}} : Serials{{"nic", "SN1"}});
  }
  EXPECT_THAT(store.repeat_offenders(2, 10), testing::ElementsAre(Offender{"", "cable"}, Offender{"SN1", ""}));
  EXPECT_EQ(store.flags_of({"", "cable"}).size(), 3U);
}

TEST(HistoryStore, TheSameRunTwiceIsThereOnce) {
  const TemporaryDir dir;
  HistoryStore store(dir.path() / "history.db", HistoryStore::Mode::add);
  for (int time = 0; time < 3; ++time) {
    store.add(run_of(1, 50), {}, verdict_on("gpu/1/3"), {{"gpu/1/3", "SN1"}});
  }
  EXPECT_EQ(store.runs().size(), 1U);
  EXPECT_EQ(store.flags_of_serial("SN1").size(), 1U);
  EXPECT_EQ(store.parts().size(), 50U);
}

TEST(HistoryStore, PartsThatComeLaterAndPartsThatAreMissing) {
  const TemporaryDir dir;
  HistoryStore store(dir.path() / "history.db", HistoryStore::Mode::add);
  store.add(run_of(1, 8), {}, {}, {});
  auto later = run_of(2, 1);
  later.parts[0].component = "gpu/new/0";
  store.add(later, {}, {}, {});
  EXPECT_EQ(store.parts().at("gpu/new/0"), 8U);
  const auto values = store.values(store.runs()[1].id, "bandwidth out");
  ASSERT_EQ(values.size(), 9U);
  EXPECT_FALSE(values[0].is_measured());
  EXPECT_TRUE(values[8].is_measured());
}

void expect_refused(const std::filesystem::path& path, HistoryStore::Mode mode, const std::string& why) {
  try {
    HistoryStore store(path, mode);
    EXPECT_TRUE(store.runs().empty());
    ADD_FAILURE() << path << " was taken";
  } catch (const core::Error& said) {
    EXPECT_THAT(said.what(), testing::AllOf(testing::HasSubstr(path.string()), testing::HasSubstr(why)));
  }
}

TEST(HistoryStore, WhatIsNoHistoryIsRefusedAndLeftAlone) {
  const TemporaryDir dir;
  expect_refused(dir.path() / "none.db", HistoryStore::Mode::read, "no such history");
  std::ofstream(dir.path() / "notes.txt")
      << "these are my notes, and they are longer than a header of a hundred bytes, "
         "so that SQLite reads them as one";
  expect_refused(dir.path() / "notes.txt", HistoryStore::Mode::add, "not a database");
  expect_refused(dir.path() / "no" / "such" / "folder.db", HistoryStore::Mode::add, "unable to open");
}

/// Adds nights without end until it is killed.
[[noreturn]] void add_for_ever(const std::filesystem::path& path) {
  HistoryStore store(path, HistoryStore::Mode::add);
  for (int night = 2;; ++night) {
    store.add(run_of(night % 80, 20'000), {}, verdict_on("gpu/1/3"), {});
  }
}

TEST(HistoryStore, AKillWhileItAddsLosesNeitherHistoryNorRun) {
  const TemporaryDir dir;
  const auto path = dir.path() / "history.db";
  HistoryStore(path, HistoryStore::Mode::add).add(run_of(1, 20'000), {}, {}, {});
  int with_journal = 0;
  for (int attempt = 0; attempt < 12; ++attempt) {
    const auto child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      add_for_ever(path);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + 17 * attempt));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    with_journal += std::filesystem::exists(path.string() + "-journal") ? 1 : 0;
    HistoryStore store(path, HistoryStore::Mode::add);
    for (const auto& run : store.runs()) {  // each is there as a whole
      EXPECT_EQ(store.values(run.id, "bandwidth out").size(), 20'000U) << run.name;
      EXPECT_EQ(store.values(run.id, "bandwidth in").size(), 20'000U) << run.name;
    }
    store.add(run_of(1, 20'000), {}, {}, {});
  }
  EXPECT_GT(with_journal, 0) << "no kill fell into a transaction: the test tested nothing";
}

}  // namespace
}  // namespace plumb::reports
