#include "reports/localise.h"

#include <gtest/gtest.h>

#include <random>

#include "core/power.h"
#include "reports/likelihood.h"

namespace plumb::reports {
namespace {

TEST(Likelihood, FactorsAreFoundAgain) {
  for (std::size_t i = 0; i < kFactors; ++i) {
    EXPECT_EQ(nearest_factor(factor_at(i)), i);
  }
}

/// An incidence with a path for each measurement.
struct Measured {
  PathTouches touched;
  Incidence incidence;

  explicit Measured(std::size_t parts) { incidence.log_prior.assign(parts, 0.0F); }
  void add(double ratio, const std::vector<Touch>& touches) {
    incidence.add(ratio, 0.02, static_cast<std::uint32_t>(touched.size()));
    touched.add(touches);
  }
  const Incidence& done() {
    incidence.touched = &touched;
    return incidence;
  }
};

/// Two leaves of `hosts` each, `spines` uplinks a leaf; parts: host i, then uplink (leaf, spine).
Measured leaf_spine(int hosts, int spines, const std::function<double(int, int)>& ratio) {
  Measured measured(static_cast<std::size_t>(2 * hosts + 2 * spines));
  const auto uplink = [&](int leaf, int spine) {
    return static_cast<std::uint32_t>(2 * hosts + leaf * spines + spine);
  };
  for (int a = 0; a < 2 * hosts; ++a) {
    for (int b = 0; b < 2 * hosts; ++b) {
      std::vector<Touch> touches = {{static_cast<std::uint32_t>(a), Direction::out, 1},
                                    {static_cast<std::uint32_t>(b), Direction::in, 1}};
      if (a / hosts != b / hosts) {
        for (int s = 0; s < spines; ++s) {
          const float weight = 1.0F / static_cast<float>(spines);
          touches.push_back({uplink(a / hosts, s), Direction::out, weight});
          touches.push_back({uplink(b / hosts, s), Direction::in, weight});
        }
      }
      if (a != b) {
        measured.add(ratio(a, b), touches);
      }
    }
  }
  return measured;
}

TEST(Localise, AnUplinkUnderEcmpIsNotBlamedOnHosts) {
  // One flow in four crosses the bad uplink: which, the hash of the pair decides.
  auto measured = leaf_spine(8, 4, [](int a, int b) { return a / 8 != b / 8 && (a * 7 + b * 3) % 4 == 2 ? 0.1 : 1.0; });
  const auto result = localise(measured.done());
  ASSERT_EQ(result.blames.size(), 1U);
  EXPECT_EQ(result.blames[0].suspects.size(), 8U) << "every uplink of the two leaves could be it: weights are equal";
  for (const auto& suspect : result.blames[0].suspects) {
    EXPECT_GE(suspect.part, 16U) << "no host";
  }
}

TEST(Localise, PartsThatNothingSeparatesShareTheBlameByPrior) {
  Measured measured(3);
  measured.incidence.log_prior = {0, -1, 0};
  for (int i = 0; i < 6; ++i) {
    measured.add(0.3, i < 4 ? std::vector<Touch>{{0}, {1}} : std::vector<Touch>{{0}});
  }
  for (int i = 0; i < 9; ++i) {
    measured.add(1, {{2}});
  }
  const auto result = localise(measured.done());
  ASSERT_EQ(result.blames.size(), 1U);
  EXPECT_EQ(result.blames[0].suspects[0].part, 0U) << "it alone explains the last two";
}

/// Part 0, of twice the rate of part 1, runs at 0.6. Its equals see that, slower partners do not; part 1 runs at 0.7.
TEST(Localise, WhatASlowerPartnersOwnFaultSlowsDoesNotAcquitAFasterPart) {
  constexpr std::uint32_t kParts = 60;
  Measured measured(kParts);
  for (std::uint32_t partner = 2; partner < 12; ++partner) {
    measured.add(0.7, {{1, Direction::out}, {partner, Direction::in}});
  }
  measured.add(0.6, {{0, Direction::out}, {20, Direction::in}});
  measured.add(0.6, {{0, Direction::out}, {21, Direction::in}});
  for (int round = 0; round < 3; ++round) {
    measured.add(0.7, {{0, Direction::out, 1, 2}, {1, Direction::in}});
  }
  measured.add(1, {{0, Direction::out, 1, 2}, {22, Direction::in}});
  measured.add(1, {{0, Direction::out, 1, 2}, {23, Direction::in}});
  for (std::uint32_t part = 2; part < kParts; ++part) {
    for (std::uint32_t next = 1; next < 5; ++next) {
      measured.add(1, {{part, Direction::out}, {2 + (part + next) % (kParts - 2), Direction::in}});
    }
  }
  const auto result = localise(measured.done());
  ASSERT_EQ(result.blames.size(), 2U);
  EXPECT_EQ(result.blames[0].suspects[0].part, 1U);
  EXPECT_EQ(result.blames[1].suspects[0].part, 0U);
}

/// Eight ends, everybody with everybody: events at `share` of the measurements, at `of_first` of those of end 0.
Localisation events(double share, double of_first, std::uint64_t seed) {
  constexpr std::uint32_t kEnds = 8;
  std::mt19937_64 random(seed);
  Measured measured(kEnds);
  for (std::uint32_t a = 0; a < kEnds; ++a) {
    for (std::uint32_t b = 0; b < kEnds; ++b) {
      if (a != b) {
        const bool happens = std::bernoulli_distribution(a == 0 || b == 0 ? of_first : share)(random);
        measured.add(happens ? 0 : 1, {{a, Direction::out}, {b, Direction::in}});
      }
    }
  }
  return localise_events(measured.done());
}

TEST(Localise, EventsEverywhereAreNobodysFault) {
  for (const double share : {0.01, 0.03, 0.06, 0.12, 0.2}) {  // the more there are, the fewer of them are lone
    int blamed = 0, found = 0;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
      blamed += events(share, share, seed).blames.empty() ? 0 : 1;
      const auto one = events(share, 0.95, seed).blames;
      found += !one.empty() && one[0].suspects[0].part == 0 ? 1 : 0;
    }
    EXPECT_LE(blamed, 8) << "of 400 fleets, at " << share;
    EXPECT_GE(found, 380) << "of 400 fleets, at " << share;
  }
}

TEST(Localise, ExpectedFalseBlamesStayBelowTheBound) {
  // 400 healthy fleets whose disturbances are as frequent as the model allows: the bound says at most 4 blames.
  std::mt19937_64 random(5);
  std::normal_distribution<double> noise(0, 0.02);
  std::uniform_real_distribution<double> uniform(0, 1);
  std::size_t blames = 0;
  for (int fleet = 0; fleet < 400; ++fleet) {
    auto measured = leaf_spine(
        4, 2, [&](int, int) { return uniform(random) < kDisturbed ? uniform(random) : std::exp(noise(random)); });
    blames += localise(measured.done()).blames.size();
  }
  EXPECT_LE(blames, 4U);
}

TEST(Localise, DetectableFactorIsDetected) {
  const auto factor = core::detectable_factor(6, 1, 0.02, 24);
  ASSERT_TRUE(factor);
  std::mt19937_64 random(9);
  std::normal_distribution<double> noise(0, 0.02);
  int found = 0;
  for (int trial = 0; trial < 100; ++trial) {
    auto measured =
        leaf_spine(8, 4, [&](int a, int b) { return (a == 3 || b == 3 ? *factor : 1) * std::exp(noise(random)); });
    const auto result = localise(measured.done());
    found += !result.blames.empty() && result.blames[0].suspects[0].part == 3 ? 1 : 0;
  }
  EXPECT_GE(found, 97);
  EXPECT_FALSE(core::detectable_factor(1, 1, 0.02, 24)) << "one measurement blames nobody";
}

}  // namespace
}  // namespace plumb::reports
