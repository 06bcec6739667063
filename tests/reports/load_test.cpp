// Faults that only a busy fabric shows: found where they were planted, and nothing where it is crowded by design.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/judge.h"
#include "tests/reports/simulated.h"

namespace plumb::reports {
namespace {

using test::Simulated;
using test::simulation;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr const char* kFull = "rail:hosts=64,rails=4,leaf=16,spines=16,pods=1";
constexpr const char* kFourToOne = "rail:hosts=64,rails=4,leaf=16,spines=4,pods=1";
constexpr const char* kPods = "rail:hosts=128,rails=4,leaf=8,spines=8,pods=4,cores=4";
constexpr const char* kFourToOnePods =
    "rail:hosts=256,rails=4,leaf=16,spines=4,pods=4,cores=4";                               // 16 cables up, 64 hosts
constexpr const char* kWidePods = "rail:hosts=256,rails=4,leaf=8,spines=8,pods=4,cores=4";  // 32 cables up

struct Judged {
  std::vector<core::Finding> findings;
  std::vector<TruthRow> truth;
};

Judged judged(const std::string& topology, const std::string& faults, std::uint64_t seed, double disturbed = 0.004) {
  auto options = simulation(topology, faults);
  options.seed = seed;
  options.loaded_rounds = 12;
  options.plan.weather.disturbed = disturbed;
  const Simulated run(options);
  const auto evidence = read_evidence({run.path()});
  Fabric fabric(read_map({run.path()}));
  Judged result{judge(evidence, fabric, default_limits()).verdict.findings, run.rows<TruthRow>()};
  std::erase_if(result.findings, [](const auto& f) { return f.severity == core::Severity::info; });
  return result;
}

std::vector<std::string> suspects(const core::Finding& finding) {
  std::vector<std::string> ids;
  for (const auto& suspect : finding.suspects) {
    ids.push_back(suspect.component);
  }
  return ids;
}

TEST(Load, HealthyFabricsAreSilentHoweverCrowded) {
  for (const auto* topology : {kFull, kFourToOne, kPods, kFourToOnePods}) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      const auto run = judged(topology, "none", seed);
      EXPECT_TRUE(run.findings.empty()) << topology << " seed " << seed << ": " << run.findings.front().title;
    }
  }
}

TEST(Load, LeafWithoutMostOfItsUplinksIsNamedOnce) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto run = judged(kFourToOne, "missing_uplinks:1@0.25", seed);
    ASSERT_EQ(run.findings.size(), 1U) << "seed " << seed;
    const auto& finding = run.findings.front();
    EXPECT_EQ(finding.kind, core::FindingKind::slow_under_load);
    EXPECT_THAT(suspects(finding), Contains(run.truth.front().component)) << "seed " << seed;
    EXPECT_THAT(finding.title, HasSubstr("the map has all its 4 cables up"));
    EXPECT_LT(finding.slowdown.value_or(1), 0.85);
    EXPECT_GE(finding.evidence.size(), 3U);
  }
}

/// Its leaves suffer alike, and are no findings of their own.
TEST(Load, SpinesOfAPodWithoutMostOfTheirCablesUpAreNamedOnce) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto run = judged(kFourToOnePods, "missing_core_cables:1@0.25", seed);
    ASSERT_EQ(run.findings.size(), 1U) << "seed " << seed;
    const auto& finding = run.findings.front();
    EXPECT_EQ(finding.kind, core::FindingKind::slow_under_load);
    EXPECT_THAT(finding.title, HasSubstr("and 3 more spines")) << "seed " << seed;
    EXPECT_THAT(suspects(finding), Contains(run.truth.front().component)) << "seed " << seed;
    EXPECT_EQ(finding.suspects.size(), 4U);
    EXPECT_LT(finding.slowdown.value_or(1), 0.85);
  }
}

/// A leaf's flows to other pods are flows of the pod, too.
TEST(Load, LeafInAPodIsNotToldAsThePod) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto run = judged(kFourToOnePods, "missing_uplinks:1@0.25", seed);
    ASSERT_EQ(run.findings.size(), 1U) << "seed " << seed;
    EXPECT_THAT(run.findings.front().title, HasSubstr("leaf ")) << "seed " << seed;
    EXPECT_THAT(suspects(run.findings.front()), Contains(run.truth.front().component)) << "seed " << seed;
  }
}

/// Where all leaves carry less than the map says, none stands out: the tier is told.
TEST(Load, WhatAllLeavesLackIsToldOfTheTier) {
  const auto leaves = judged(kFourToOne, "missing_uplinks:100%@0.25", 1);
  ASSERT_EQ(leaves.findings.size(), 1U);
  EXPECT_THAT(leaves.findings.front().title, HasSubstr("traffic between leaves of a pod gets"));
  EXPECT_TRUE(leaves.findings.front().suspects.empty());
  const auto pods = judged(kWidePods, "missing_core_cables:100%@0.25", 1);
  ASSERT_EQ(pods.findings.size(), 1U);
  EXPECT_THAT(pods.findings.front().title, HasSubstr("traffic between pods gets"));
}

/// Where a round leaves the uplinks idle, a crossed cable harms nobody: not every one is seen, and nobody else is told.
TEST(Load, CrossedCableIsNamedWhereNeighboursSufferFromTheSpine) {
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto run = judged(kFourToOne, "crossed_cable:2", seed);
    for (const auto& finding : run.findings) {
      EXPECT_EQ(finding.kind, core::FindingKind::miswired) << finding.title;
      const auto ids = suspects(finding);
      EXPECT_TRUE(std::ranges::any_of(
          run.truth, [&](const auto& row) { return std::ranges::find(ids, row.component) != ids.end(); }))
          << "seed " << seed << ": " << finding.title;
    }
    found += run.findings.empty() ? 0 : 1;
  }
  EXPECT_GE(found, 3);
}

/// A part that is slow alone is told as that, and not again as a leaf that carries too little.
TEST(Load, WhatIsSlowAloneIsNoLoadProblem) {
  const auto run = judged(kFourToOne, "slow_cable:2@0.5", 4);
  ASSERT_EQ(run.findings.size(), 2U);
  for (const auto& finding : run.findings) {
    EXPECT_EQ(finding.kind, core::FindingKind::slow_link) << finding.title;
  }
}

/// A crowded fabric of 256 ranks: 16 below the 200 GB/s of a leaf, so 13.3 GB/s for an all-to-all, a quarter of it by
/// the worst algorithm. `load`: what the algorithm that was taken puts on a link, over what a ring does; 0: not known.
std::vector<core::Finding> judged_alltoall(double busbw_Bps, double load = 0) {
  auto options = simulation(kFourToOne, "none");
  const Simulated run(options);
  const auto dir = core::RunDir::open(run.path());
  auto ranks = dir.writer<core::RankRow>();
  for (int rank = 0; rank < 256; ++rank) {
    core::RankRow row;
    row.rank = rank;
    row.host = "n" + std::to_string(100'001 + rank / 4).substr(1);
    row.nic = "nic" + std::to_string(rank % 4);
    ranks.add(row);
  }
  ranks.flush();
  auto cases = dir.writer<core::CaseRow>();
  core::CaseRow row;
  row.name = "alltoall/1G";
  row.collective = "alltoall";
  row.backend = "ucx";
  row.memory = "gpu";
  row.bytes = 1 << 30;
  row.ranks = 256;
  row.status = "ok";
  row.busbw_Bps = busbw_Bps;
  if (load > 0) {
    row.algorithm = "some";
    row.linkbw_Bps = load * busbw_Bps;
  }
  cases.add(row);
  cases.flush();
  const auto evidence = read_evidence({run.path()});
  Fabric fabric(read_map({run.path()}));
  return judge(evidence, fabric, default_limits()).verdict.findings;
}

TEST(Load, CollectiveIsHeldAgainstLinksAndUplinks) {
  EXPECT_TRUE(judged_alltoall(2e9).empty());
  const auto findings = judged_alltoall(1e9);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, core::FindingKind::slow_under_load);
  EXPECT_EQ(findings[0].severity, core::Severity::warn);
  ASSERT_EQ(findings[0].evidence.size(), 1U);
  EXPECT_THAT(findings[0].evidence[0].says, HasSubstr("200 GB/s in all for 16 ranks below"));
}

TEST(Load, CollectiveIsHeldAgainstWhatItsAlgorithmMoves) {
  EXPECT_TRUE(judged_alltoall(8e9, 1).empty());
  const auto findings = judged_alltoall(2e9, 1);
  ASSERT_EQ(findings.size(), 1U) << "no detour excuses it";
  EXPECT_THAT(findings[0].evidence[0].says, HasSubstr("busbw 2.00 GB/s (some), at most 13.3 GB/s"));
  EXPECT_EQ(judged_alltoall(8e9, 0.5).size(), 1U) << "it moves half of a ring's, and so could have been twice as fast";
}

TEST(Load, WithoutUnloadedRowsPartsAreJudgedAsEver) {
  auto options = simulation(kFull, "none");
  options.loaded_rounds = 4;
  options.rounds = 0;
  const Simulated run(options);
  const auto evidence = read_evidence({run.path()});
  Fabric fabric(read_map({run.path()}));
  const auto judgement = judge(evidence, fabric, default_limits());
  EXPECT_TRUE(judgement.pairs.load.rows.empty());
}

}  // namespace
}  // namespace plumb::reports
