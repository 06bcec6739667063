// Planted faults: each must be found and named, and healthy fleets must stay silent.
#include "reports/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/outputs.h"
#include "tests/reports/failing.h"
#include "tests/reports/fleet.h"

namespace plumb::reports {
namespace {

using core::FindingKind;
using core::Severity;
using core::VerdictKind;
using test::failing;
using test::Fleet;
using test::TemporaryDir;

Judgement judge_runs(const std::vector<std::filesystem::path>& paths) {
  Fabric fabric;
  return judge(read_evidence(paths), fabric, default_limits());
}

Judgement judge_fleet(const Fleet& fleet) {
  const TemporaryDir dir;
  fleet.write(dir.path() / "run");
  return judge_runs({dir.path() / "run"});
}

void expect_only(const Judgement& judgement, FindingKind kind, const std::string& component) {
  const auto fails = failing(judgement);
  ASSERT_EQ(fails.size(), 1U) << terminal_text(judgement.verdict, false);
  EXPECT_EQ(fails[0].kind, kind);
  ASSERT_FALSE(fails[0].suspects.empty());
  EXPECT_EQ(fails[0].suspects[0].component, component);
  EXPECT_GT(fails[0].suspects[0].posterior, 0.9);
  EXPECT_EQ(judgement.verdict.kind, VerdictKind::fail);
}

class Healthy : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Healthy, StaysSilent) {
  Fleet fleet;
  fleet.seed = GetParam();
  fleet.noise = 0.03;
  const auto judgement = judge_fleet(fleet);
  EXPECT_TRUE(failing(judgement).empty()) << terminal_text(judgement.verdict, false);
  EXPECT_EQ(judgement.verdict.kind, VerdictKind::pass);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Healthy, testing::Range<std::uint64_t>(1, 21));

TEST(Judge, ASlowHostIsNamedInBothDirections) {
  Fleet fleet;
  fleet.factor = [](int a, int b) { return a == 5 || b == 5 ? 0.18 : 1.0; };
  const auto judgement = judge_fleet(fleet);
  expect_only(judgement, FindingKind::slow_host, "host/n05");
  EXPECT_THAT(judgement.verdict.summary,
              testing::StartsWith("host n05's link is at 18 % of its peers, both directions, 14 of 14 measurements"));
}

TEST(Judge, AOneWayFaultIsSaidToBeOne) {
  Fleet fleet;
  fleet.factor = [](int a, int) { return a == 2 ? 0.5 : 1.0; };
  const auto judgement = judge_fleet(fleet);
  expect_only(judgement, FindingKind::slow_host, "host/n02");
  EXPECT_THAT(judgement.verdict.summary, testing::HasSubstr("50 % of its peers, sending only, 7 of 7"));
}

TEST(Judge, AMildFaultIsFound) {
  Fleet fleet;
  fleet.factor = [](int a, int b) { return a == 3 || b == 3 ? 0.85 : 1.0; };
  expect_only(judge_fleet(fleet), FindingKind::slow_host, "host/n03");
}

TEST(Judge, ThreeSlowHostsOfEightDoNotBecomeTheNorm) {
  Fleet fleet;
  fleet.factor = [](int a, int b) { return a < 3 || b < 3 ? 0.3 : 1.0; };
  const auto fails = failing(judge_fleet(fleet));
  ASSERT_EQ(fails.size(), 3U);
  std::set<std::string> named;
  for (const auto& f : fails) {
    named.insert(f.suspects[0].component);
  }
  EXPECT_THAT(named, testing::ElementsAre("host/n00", "host/n01", "host/n02"));
}

TEST(Judge, HalfOfTheHostsSlowWithFewPartnersIsNoPass) {
  for (const int slow : {18, 20, 22}) {
    Fleet fleet;
    fleet.hosts = 40;
    fleet.meet = [](int a, int b) { return (a + b) % 40 % 13 == 5 && a != b; };  // about three partners each
    fleet.factor = [&](int a, int b) { return a * 7 % 40 < slow || b * 7 % 40 < slow ? 0.5 : 1.0; };
    const auto judgement = judge_fleet(fleet);
    EXPECT_EQ(judgement.verdict.kind, VerdictKind::fail) << slow << " of 40";
  }
}

TEST(Judge, OneLuckyPairDoesNotFailTheRest) {
  Fleet fleet;
  fleet.factor = [](int a, int b) { return a + b == 1 ? 1.6 : 1.0; };
  EXPECT_EQ(judge_fleet(fleet).verdict.kind, VerdictKind::pass);
}

TEST(Judge, OneDisturbedMeasurementBlamesNobody) {
  Fleet fleet;
  fleet.factor = [](int a, int b) { return a == 1 && b == 6 ? 0.2 : 1.0; };
  const auto judgement = judge_fleet(fleet);
  EXPECT_THAT(judgement.verdict.findings, testing::IsEmpty());
  EXPECT_THAT(judgement.verdict.notes,
              testing::Contains(testing::HasSubstr("the worst: host/n01 to host/n06, 20 % of expected")));
  EXPECT_EQ(judgement.retest.size(), 2U) << "the pair, both ways";
}

TEST(Judge, TwoHostsAreBothSuspects) {
  Fleet fleet;
  fleet.hosts = 3;
  fleet.factor = [](int a, int b) { return a + b == 1 ? 0.2 : 1.0; };  // only between 0 and 1
  EXPECT_TRUE(failing(judge_fleet(fleet)).empty()) << "both are fine with the third";
}

TEST(Judge, AFlappingLinkShowsInItsWorstWindows) {
  Fleet fleet;
  fleet.stall = [](int a, int b) { return (a == 4 || b == 4) && (a + b) % 2 == 1 ? 0.1 : 0.95; };
  expect_only(judge_fleet(fleet), FindingKind::flapping_link, "host/n04");
}

/// Latencies of six pairs of four hosts on one switch, in us.
std::vector<core::Finding> judged_latencies(const std::vector<double>& us) {
  const TemporaryDir dir;
  const auto run = core::RunDir::create(dir.path() / "run");
  dir.write("run/links.csv",
            "id,kind,a,b,rate_Bps\n"
            "c0,cable,host/h0,switch/fab,1e9\nc1,cable,host/h1,switch/fab,1e9\n"
            "c2,cable,host/h2,switch/fab,1e9\nc3,cable,host/h3,switch/fab,1e9\n");
  auto writer = run.writer<core::PairRow>();
  std::size_t at = 0;
  for (int a = 0; a < 4; ++a) {
    for (int b = a + 1; b < 4; ++b) {
      auto row = Fleet().row(a, b, 1e9);
      row.src = "host/h" + std::to_string(a);
      row.dst = "host/h" + std::to_string(b);
      row.mode = "latency";
      row.bytes = 8;
      row.p50_ns = static_cast<core::Integer>(us[at++] * 1000);
      row.bw_Bps = row.min_bw_Bps = std::nullopt;
      writer.add(row);
    }
  }
  writer.flush();
  return judge_runs({dir.path() / "run"}).verdict.findings;
}

TEST(Judge, ShortLatenciesHereAndThereAreLuck) {
  EXPECT_TRUE(judged_latencies({20.2, 21.6, 21.5, 9.3, 21.6, 21.3}).empty());
  EXPECT_TRUE(judged_latencies({15.0, 17.4, 9.3, 18.4, 9.3, 19.9}).empty());
  const auto findings = judged_latencies({20.1, 18.9, 19.0, 9.3, 9.3, 9.3});
  ASSERT_EQ(findings.size(), 1U) << "all of h0's are late, nobody else's";
  EXPECT_EQ(findings[0].severity, core::Severity::warn);
  EXPECT_THAT(findings[0].title, testing::HasSubstr("h0"));
}

TEST(Judge, TheRetestMeetsTheSuspectWithGoodPartnersAndCounts) {
  const TemporaryDir dir;
  Fleet fleet;
  fleet.factor = [](int a, int b) { return a == 5 || b == 5 ? 0.4 : 1.0; };
  fleet.write(dir.path() / "first");
  fleet.seed = 2;
  fleet.write(dir.path() / "again");
  const auto first = judge_runs({dir.path() / "first"});
  ASSERT_FALSE(first.retest.empty());
  for (const auto& row : first.retest) {
    EXPECT_TRUE(row.src == "host/n05" || row.dst == "host/n05");
  }
  const auto both = judge_runs({dir.path() / "first", dir.path() / "again"});
  EXPECT_THAT(both.verdict.summary, testing::HasSubstr("28 of 28 measurements"));
  const auto twice = judge_runs({dir.path() / "first", dir.path() / "first"});
  EXPECT_THAT(twice.verdict.summary, testing::HasSubstr("14 of 14 measurements")) << "the same run is read once";
}

TEST(Judge, OneHostAloneIsInconclusive) {
  const TemporaryDir dir;
  const auto run = core::RunDir::create(dir.path() / "run");
  auto writer = run.writer<core::PairRow>();
  auto row = Fleet().row(0, 1, 10e9);
  row.src = "rank/vm/0";
  row.dst = "rank/vm/1";
  writer.add(row);
  writer.flush();
  run.put({.tool = "plumb-pairs", .status = "complete"});
  const auto judgement = judge_runs({dir.path() / "run"});
  EXPECT_EQ(judgement.verdict.kind, VerdictKind::inconclusive);
  EXPECT_THAT(judgement.verdict.summary, testing::HasSubstr("no network was measured"));
}

TEST(Judge, ARunThatDidNotFinishNeverPasses) {
  const TemporaryDir dir;
  Fleet().write(dir.path() / "run");
  core::RunDir::create(dir.path() / "run").put({.tool = "plumb-allreduce", .status = "running"});
  const auto judgement = judge_runs({dir.path() / "run"});
  EXPECT_EQ(judgement.verdict.kind, VerdictKind::inconclusive);
  EXPECT_THAT(judgement.verdict.notes, testing::Contains(testing::HasSubstr("partial: plumb-allreduce")));
}

TEST(Judge, ADisturbanceIsNotWhyARunIsInconclusive) {
  const TemporaryDir dir;
  Fleet fleet;
  fleet.factor = [](int a, int b) { return a == 1 && b == 6 ? 0.2 : 1.0; };
  fleet.write(dir.path() / "run");
  core::RunDir::create(dir.path() / "run").put({.tool = "plumb-allreduce", .status = "running"});
  const auto verdict = judge_runs({dir.path() / "run"}).verdict;
  EXPECT_THAT(verdict.summary, testing::HasSubstr("partial: plumb-allreduce"));
  EXPECT_THAT(verdict.notes.back(), testing::HasSubstr("slow for once"));
}

/// Each host is slow to its next, and no host explains it: one in seven is no disturbance, one in fourteen may be.
TEST(Judge, ManySlowPairsThatNoPartExplainsKeepARunFromPassing) {
  const TemporaryDir dir;
  Fleet fleet;
  fleet.factor = [](int a, int b) { return (a + 1) % 8 == b ? 0.3 : 1.0; };
  fleet.write(dir.path() / "all");
  const auto verdict = judge_runs({dir.path() / "all"}).verdict;
  EXPECT_EQ(verdict.kind, VerdictKind::inconclusive);
  EXPECT_TRUE(verdict.findings.empty());
  EXPECT_THAT(verdict.summary, testing::HasSubstr("8 of 56 bandwidths were slow and no part explains them"));
  fleet.factor = [](int a, int b) { return a % 2 == 0 && a + 1 == b ? 0.3 : 1.0; };
  fleet.write(dir.path() / "half");
  EXPECT_EQ(judge_runs({dir.path() / "half"}).verdict.kind, VerdictKind::pass);
}

/// The group and the local rank of one of eight ranks, of which two are on each of four hosts.
using PlaceOfRank = std::pair<core::Integer, core::Integer> (*)(core::Integer rank);

std::vector<core::Finding> judged_groups(const std::vector<double>& busbw_Bps, PlaceOfRank place_of = nullptr) {
  const TemporaryDir dir;
  Fleet().write(dir.path() / "run");
  const auto run = core::RunDir::create(dir.path() / "run");
  std::filesystem::remove(run.table_path(core::RankRow::kTable));  // the fleet's
  auto ranks = run.writer<core::RankRow>();
  auto times = run.writer<core::RankTimeRow>();
  for (core::Integer rank = 0; place_of != nullptr && rank < 8; ++rank) {
    const auto [group, local_rank] = place_of(rank);
    ranks.add({.rank = rank, .host = "n" + std::to_string(rank / 2), .local_rank = local_rank});
    times.add({.case_name = "allreduce/group" + std::to_string(group), .rank = rank});
  }
  ranks.flush();
  times.flush();
  auto writer = run.writer<core::CaseRow>();
  for (std::size_t group = 0; group < busbw_Bps.size(); ++group) {
    core::CaseRow row;
    row.name = "allreduce/group" + std::to_string(group);
    row.collective = "allreduce";
    row.bytes = 64 << 20;
    row.ranks = 4;
    row.status = "ok";
    row.busbw_Bps = busbw_Bps[group];
    row.group = static_cast<core::Integer>(group);
    writer.add(row);
  }
  writer.flush();
  return judge_runs({dir.path() / "run"}).verdict.findings;
}

TEST(Judge, AGroupThatIsSlowBesideTheOthersIsAWarning) {
  EXPECT_TRUE(judged_groups({40e9, 41e9, 36e9, 40e9}).empty());
  const auto findings = judged_groups({40e9, 41e9, 20e9, 40e9});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].title, "group 2 of 4 is at 50 % of the others that ran allreduce at the same time");
  ASSERT_EQ(findings[0].evidence.size(), 1U);
  EXPECT_EQ(judged_groups({40e9, 20e9}).size(), 1U) << "of two the slower";
}

TEST(Judge, AGroupThatIsAHostIsThatHost) {
  const auto findings =
      judged_groups({40e9, 41e9, 20e9, 40e9}, [](core::Integer rank) { return std::pair(rank / 2, rank % 2); });
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, core::FindingKind::slow_host);
  EXPECT_EQ(findings[0].severity, core::Severity::fail);
  EXPECT_EQ(findings[0].title,
            "host n2, by itself (group 2 of 4) is at 50 % of the others that ran allreduce at the same time");
  ASSERT_EQ(findings[0].suspects.size(), 1U);
  EXPECT_EQ(findings[0].suspects[0].component, "host/n2");
}

TEST(Judge, AGroupThatIsARailIsThatRail) {
  const auto findings = judged_groups({40e9, 20e9}, [](core::Integer rank) { return std::pair(rank % 2, rank % 2); });
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, core::Severity::warn);
  EXPECT_EQ(findings[0].title,
            "the rail of local rank 1 (group 1 of 2) is at 50 % of the others that ran allreduce at the same time");
  EXPECT_TRUE(findings[0].suspects.empty());
}

TEST(Judge, WrongDataInACollectiveFailsAndNamesTheHost) {
  const TemporaryDir dir;
  Fleet().write(dir.path() / "run");
  const auto run = core::RunDir::create(dir.path() / "run");
  core::CaseRow row;
  row.name = "allreduce/x";
  row.status = "ok";
  row.wrong = 1;
  row.first_wrong = "rank 2 (host n02): element 17 from rank 0 is 0x41, expected 0x40";
  auto writer = run.writer<core::CaseRow>();
  writer.add(row);
  writer.flush();
  expect_only(judge_runs({dir.path() / "run"}), FindingKind::wrong_data, "host/n02");
}

TEST(Judge, AHungRankIsNamed) {
  const TemporaryDir dir;
  Fleet().write(dir.path() / "run");
  auto manifest = core::Manifest{.tool = "plumb-allreduce", .status = "partial"};
  manifest.reason = "hung: rank 3 on host n03 did not arrive";
  core::RunDir::create(dir.path() / "run").put(manifest);
  expect_only(judge_runs({dir.path() / "run"}), FindingKind::hung_rank, "host/n03");
}

TEST(Judge, AnErrorThatOneRankMetFailsAndBlamesNobody) {
  const TemporaryDir dir;
  Fleet().write(dir.path() / "run");
  auto manifest = core::Manifest{.tool = "plumb-allreduce", .status = "partial"};
  manifest.reason = "failed: rank 3 on host n03: NET/IB: Got completion from peer n05 with status 12";
  core::RunDir::create(dir.path() / "run").put(manifest);
  const auto verdict = judge_runs({dir.path() / "run"}).verdict;
  ASSERT_EQ(verdict.findings.size(), 1U);
  EXPECT_EQ(verdict.findings[0].kind, FindingKind::hung_rank);
  EXPECT_THAT(verdict.findings[0].title, testing::StartsWith("failed: rank 3 on host n03: NET/IB"));
  EXPECT_TRUE(verdict.findings[0].suspects.empty()) << "it may be about n05";
}

/// Eight ranks on as many hosts, the first on host n0`first`; that on host n06 leaves last.
void write_late_rank(const core::RunDir& run, int cases_of_run, int first = 0) {
  auto cases = run.writer<core::CaseRow>();
  auto times = run.writer<core::RankTimeRow>();
  auto ranks = run.writer<core::RankRow>();
  const int late = (6 - first + 8) % 8;
  for (int rank = 0; rank < 8; ++rank) {
    ranks.add({.rank = rank, .host = "n0" + std::to_string((first + rank) % 8)});
  }
  for (int i = 0; i < cases_of_run; ++i) {
    core::CaseRow row;
    row.name = "alltoall/" + std::to_string(i);
    row.status = "ok";
    row.p50_ns = 1'000'000;
    cases.add(row);
    for (int rank = 0; rank < 8; ++rank) {
      core::RankTimeRow time{.case_name = row.name, .rank = rank, .samples = 20};
      time.arrival_p50_ns = 100 * rank;
      time.exit_p50_ns = rank == late ? 1'000'000 + 100'000 * i : 500'000 + 1000 * rank;
      time.last_to_arrive = 2;
      time.last_to_leave = rank == late ? 19 : 0;
      times.add(time);
    }
  }
  cases.flush(), times.flush(), ranks.flush();
}

TEST(Judge, ARankThatLeavesLastIsAWarning) {
  const TemporaryDir dir;
  Fleet().write(dir.path() / "run");
  write_late_rank(core::RunDir::create(dir.path() / "run"), 4);
  const auto judgement = judge_runs({dir.path() / "run"});
  ASSERT_EQ(judgement.verdict.findings.size(), 1U);
  const auto& finding = judgement.verdict.findings[0];
  EXPECT_EQ(finding.severity, Severity::warn);
  EXPECT_EQ(finding.suspects[0].component, "host/n06");
  EXPECT_EQ(finding.title, "rank 6 (host n06) keeps the others waiting in 4 collective cases");
  EXPECT_THAT(finding.evidence[0].says, testing::StartsWith("alltoall/3: ")) << "the clearest first";
}

TEST(Judge, ARankThatIsLateInSeveralRunsIsOneFinding) {
  const TemporaryDir dir;
  Fleet().write(dir.path() / "a");
  write_late_rank(core::RunDir::create(dir.path() / "a"), 2);
  write_late_rank(core::RunDir::create(dir.path() / "b"), 2, 3);
  core::RunDir::create(dir.path() / "b").put({.tool = "plumb-alltoall", .status = "complete"});
  const auto judgement = judge_runs({dir.path() / "a", dir.path() / "b"});
  ASSERT_EQ(judgement.verdict.findings.size(), 1U);
  EXPECT_EQ(judgement.verdict.findings[0].title,
            "local rank 0 of host n06 keeps the others waiting in 4 collective cases of 2 runs");
}

TEST(Outputs, HostileNamesAreInert) {
  const TemporaryDir dir;
  const auto run = core::RunDir::create(dir.path() / "run");
  auto writer = run.writer<core::PairRow>();
  const std::string hostile = "host/</script><script>alert(1)</script>|\"&\n=cmd";
  Fleet fleet;
  for (int a = 0; a < 6; ++a) {
    for (int b = 0; b < 6; ++b) {
      if (a != b) {
        auto row = fleet.row(a, b, a == 0 || b == 0 ? 5e9 : 50e9);
        row.src = a == 0 ? hostile : row.src;
        row.dst = b == 0 ? hostile : row.dst;
        writer.add(row);
      }
    }
  }
  writer.flush();
  run.put({.tool = "plumb-pairs", .status = "complete"});
  Fabric fabric;
  const auto evidence = read_evidence({dir.path() / "run"});
  const auto judgement = judge(evidence, fabric, default_limits());
  ASSERT_EQ(failing(judgement).size(), 1U);
  const auto data = joined_objects(script_safe(page_data_ahead(evidence, fabric, judgement)),
                                   script_safe(page_data(evidence, fabric, judgement)));
  EXPECT_EQ(data.find('<'), std::string::npos);
  EXPECT_EQ(core::Json::parse(data)["verdict"], "fail") << "still the same JSON";
  EXPECT_TRUE(core::Json::parse(data).contains("matrix"));
  EXPECT_EQ(junit_text(judgement.verdict).find("<script"), std::string::npos);
  EXPECT_EQ(markdown_text(judgement.verdict).find("<script"), std::string::npos);
  for (const auto& text : {terminal_text(judgement.verdict, false), metrics_text(judgement.verdict)}) {
    EXPECT_EQ(text.find("\n=cmd"), std::string::npos);
  }
}

TEST(Outputs, AreTheSameByteForByte) {
  Fleet fleet;
  fleet.factor = [](int a, int b) { return a == 5 || b == 5 ? 0.18 : 1.0; };
  const auto text = [&] { return core::to_json(judge_fleet(fleet).verdict).dump(); };
  EXPECT_EQ(text(), text());
}

}  // namespace
}  // namespace plumb::reports
