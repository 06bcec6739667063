// Planted steps, drifts and shifts of all: each must be told once; healthy runs must stay silent.
#include "reports/history_judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/reports/history_fleet.h"

namespace plumb::reports {
namespace {

using test::PastFleet;

TEST(HistoryJudge, TwoHundredHealthyNightsAreSilentButForOneInAHundred) {
  int loud = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    PastFleet fleet;
    fleet.seed = seed;
    fleet.runs = 7 + seed % 14;
    const auto judged = judge_past(fleet.past());
    loud += judged.parts.empty() && judged.common.empty() ? 0 : 1;
  }
  EXPECT_LE(loud, 6);  // 2 expected at most; more than 6 has probability 0.005
}

TEST(HistoryJudge, HeavyWeatherIsNoFault) {
  int loud = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    PastFleet fleet;
    fleet.seed = seed;
    fleet.passing = 0.03;
    loud += judge_past(fleet.past()).parts.empty() ? 0 : 1;
  }
  EXPECT_LE(loud, 3);
}

TEST(HistoryJudge, TheSmallestFleetsAreSilent) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    PastFleet fleet;
    fleet.hosts = 4;
    fleet.nics = 1;
    fleet.seed = seed;
    const auto judged = judge_past(fleet.past());
    EXPECT_TRUE(judged.parts.empty() && judged.common.empty()) << seed;
  }
}

TEST(HistoryJudge, APartThatIsSixPercentSlowerForThreeRunsIsNamedAlone) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    PastFleet fleet;
    fleet.seed = seed;
    fleet.factor = [](std::size_t part, std::size_t ago) { return part == 77 && ago < 3 ? 0.94 : 1.0; };
    const auto judged = judge_past(fleet.past());
    ASSERT_EQ(judged.parts.size(), 1U) << seed;
    EXPECT_EQ(judged.parts[0].scope, Scope::part);
    EXPECT_EQ(judged.parts[0].which, 77U);
    EXPECT_EQ(judged.parts[0].decline.runs_since, 3U);
    EXPECT_FALSE(judged.parts[0].decline.is_drift);
    EXPECT_NEAR(judged.parts[0].decline.now - judged.parts[0].decline.usual, std::log(0.94), 0.02);
    EXPECT_TRUE(judged.common.empty());
  }
}

TEST(HistoryJudge, OneBadRunIsNotEnough) {
  PastFleet fleet;
  fleet.factor = [](std::size_t part, std::size_t ago) { return part == 77 && ago == 0 ? 0.5 : 1.0; };
  EXPECT_TRUE(judge_past(fleet.past()).parts.empty());
}

TEST(HistoryJudge, ASlowDeclineIsADrift) {
  PastFleet fleet;
  fleet.runs = 20;
  fleet.noise = 0.004;
  fleet.factor = [](std::size_t part, std::size_t ago) {
    return part == 9 ? 1 - 0.004 * static_cast<double>(19 - ago) : 1.0;
  };
  const auto judged = judge_past(fleet.past());
  ASSERT_EQ(judged.parts.size(), 1U);
  EXPECT_EQ(judged.parts[0].which, 9U);
  EXPECT_TRUE(judged.parts[0].decline.is_drift);
}

TEST(HistoryJudge, AHostThatDeclinesIsOneShiftAndSoIsALeaf) {
  PastFleet fleet;
  fleet.factor = [](std::size_t part, std::size_t ago) {
    const bool host = part / 8 == 40, leaf = part / 8 < 16 && part % 8 == 3;
    return (host || leaf) && ago < 3 ? 0.92 : 1.0;
  };
  const auto judged = judge_past(fleet.past());
  ASSERT_EQ(judged.parts.size(), 2U);
  EXPECT_EQ(judged.parts[0].scope, Scope::leaf);
  EXPECT_EQ(judged.past.owners[judged.parts[0].which], "switch/3");
  EXPECT_EQ(judged.parts[1].scope, Scope::host);
  EXPECT_EQ(judged.past.owners[judged.parts[1].which], "host/40");
}

TEST(HistoryJudge, EverybodySlowerTonightIsOneShiftWithWhatChanged) {
  PastFleet fleet;
  fleet.factor = [](std::size_t, std::size_t ago) { return ago == 0 ? 0.9 : 1.0; };
  fleet.common = {{"nccl", "2.27.3", "2.28.9"}};
  const auto judged = judge_past(fleet.past());
  EXPECT_TRUE(judged.parts.empty());
  ASSERT_EQ(judged.common.size(), 2U);  // one a question
  EXPECT_NEAR(judged.common[0].factor, 0.9, 0.005);
  EXPECT_EQ(judged.common[0].parts, 512U);
  EXPECT_EQ(judged.common[0].changes, fleet.common);
  EXPECT_FALSE(judged.common[0].others_factor);
}

TEST(HistoryJudge, ADriverOnSomeHostsIsBlamedForThoseHosts) {
  PastFleet fleet;
  const auto is_new = [](std::size_t part) { return part / 8 % 4 == 1; };
  fleet.factor = [&](std::size_t part, std::size_t ago) { return is_new(part) && ago == 0 ? 0.88 : 1.0; };
  fleet.changed = [&](std::size_t part) { return is_new(part) ? 1U : part % 8 == 0 ? 2U : 0U; };
  const Change driver{"driver", "550.54", "560.1"}, firmware{"firmware", "28.41", "28.43"};
  fleet.changes = {{}, {driver}, {firmware}};  // the firmware changed without harm
  const auto judged = judge_past(fleet.past());
  EXPECT_TRUE(judged.parts.empty());
  ASSERT_EQ(judged.common.size(), 2U);
  const auto& shift = judged.common[0];
  EXPECT_EQ(shift.changes, std::vector{driver});
  EXPECT_EQ(shift.hosts, 16U);
  EXPECT_NEAR(shift.factor, 0.88, 0.005);
  ASSERT_TRUE(shift.others_factor);
  EXPECT_NEAR(*shift.others_factor, 1, 0.005);
}

TEST(HistoryJudge, APartThatDeclinesWithinAShiftOfAllIsStillNamed) {
  PastFleet fleet;
  fleet.factor = [](std::size_t part, std::size_t ago) {
    return (ago == 0 ? 0.9 : 1.0) * (part == 5 && ago < 3 ? 0.9 : 1.0);
  };
  const auto judged = judge_past(fleet.past());
  EXPECT_EQ(judged.common.size(), 2U);
  ASSERT_EQ(judged.parts.size(), 1U);
  EXPECT_EQ(judged.parts[0].which, 5U);
}

TEST(HistoryJudge, AFewRunsTellNothing) {
  PastFleet fleet;
  fleet.runs = 5;
  fleet.factor = [](std::size_t, std::size_t ago) { return ago == 0 ? 0.5 : 1.0; };
  EXPECT_TRUE(judge_past(fleet.past()).common.empty());
}

// ---- the tests themselves ----

TEST(HistoryTests, ADriftsProbabilityIsThatOfItsOrder) {
  std::vector<float> falling;
  for (int i = 0; i < 8; ++i) {
    falling.push_back(-0.01F * static_cast<float>(i));
  }
  EXPECT_NEAR(drift_of(falling).p, 1.0 / 40320, 1e-12);  // one order of 8!
  std::swap(falling[0], falling[1]);
  EXPECT_NEAR(drift_of(falling).p, 8.0 / 40320, 1e-12);  // 7 orders have one inversion
}

TEST(HistoryTests, AStepsProbabilityHoldsForNoiseAndPassingLowRuns) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal(0, 0.02);
  std::uniform_real_distribution<double> even(0, 1);
  int believed = 0;
  constexpr int kParts = 40'000;
  for (int part = 0; part < kParts; ++part) {
    std::vector<float> levels;
    for (int run = 0; run < 9; ++run) {
      levels.push_back(static_cast<float>(normal(random) - (even(random) < 0.02 ? 0.3 : 0)));
    }
    believed += step_of(levels, {0.02, 0.02}).p <= 0.005 ? 1 : 0;
  }
  EXPECT_LE(believed, kParts * 0.005);
}

TEST(HistoryTests, BenjaminiAndHochbergAtTheEdge) {
  EXPECT_EQ(believable({0.5, 0.001, 0.019}, 3, 0.03), 0.019);
  EXPECT_EQ(believable({0.5, 0.011, 0.021}, 3, 0.03), 0);
  EXPECT_EQ(believable({}, 0, 0.03), 0);
}

}  // namespace
}  // namespace plumb::reports
