#include "reports/draws.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numeric>

namespace plumb::reports {
namespace {

using testing::ElementsAre;

std::vector<std::uint64_t> first_of(std::uint64_t seed, const char* purpose, std::uint64_t turn = 0) {
  Draws draws(seed, purpose, turn);
  std::vector<std::uint64_t> drawn;
  for (int i = 0; i < 4; ++i) {
    drawn.push_back(draws.below(1000));
  }
  return drawn;
}

// Anybody's machine has to draw these.
TEST(Draws, AreTheSameEverywhere) {
  EXPECT_THAT(first_of(7, "noise"), ElementsAre(182, 50, 351, 673));
  Draws draws(7, "noise");
  EXPECT_EQ(draws.normal(), -0x1.95345dfec168ep-1);
  EXPECT_EQ(draws.normal(), 0x1.0405553cb96d6p-1);
}

TEST(Draws, DifferBySeedPurposeAndTurn) {
  EXPECT_EQ(first_of(1, "noise"), first_of(1, "noise"));
  EXPECT_NE(first_of(1, "noise"), first_of(2, "noise"));
  EXPECT_NE(first_of(1, "noise"), first_of(1, "faults"));
  EXPECT_NE(first_of(1, "noise"), first_of(1, "noise", 1));
}

TEST(Draws, NormalHasItsMomentsAndTails) {
  constexpr int kMany = 400'000;
  Draws draws(1, "test");
  double sum = 0, squares = 0;
  std::array<int, 5> beyond{};  // by standard deviations
  for (int i = 0; i < kMany; ++i) {
    const double z = draws.normal();
    sum += z;
    squares += z * z;
    for (std::size_t deviations = 1; deviations < beyond.size(); ++deviations) {
      beyond.at(deviations) += std::abs(z) > static_cast<double>(deviations) ? 1 : 0;
    }
  }
  EXPECT_NEAR(sum / kMany, 0, 0.006);
  EXPECT_NEAR(squares / kMany, 1, 0.01);
  for (std::size_t deviations = 1; deviations < beyond.size(); ++deviations) {
    const double expected = kMany * std::erfc(static_cast<double>(deviations) / std::sqrt(2));
    EXPECT_NEAR(beyond.at(deviations), expected, 5 * std::sqrt(expected)) << deviations;
  }
}

TEST(Draws, BelowIsEven) {
  Draws draws(1, "test");
  std::array<int, 7> count{};
  for (int i = 0; i < 70'000; ++i) {
    ++count.at(draws.below(count.size()));
  }
  for (const auto one : count) {
    EXPECT_NEAR(one, 10'000, 500);
  }
}

TEST(Draws, ShuffleKeepsAllAndMoves) {
  std::vector<int> values(100), sorted;
  std::iota(values.begin(), values.end(), 0);
  sorted = values;
  Draws(1, "test").shuffle(values);
  EXPECT_NE(values, sorted);
  EXPECT_TRUE(std::is_permutation(values.begin(), values.end(), sorted.begin()));
}

TEST(Draws, MagnitudesStayBetweenTheirPowers) {
  Draws draws(1, "test");
  for (int i = 0; i < 1000; ++i) {
    const auto drawn = draws.magnitude(3, 5);
    EXPECT_GE(drawn, 8);
    EXPECT_LE(drawn, 32);
  }
}

}  // namespace
}  // namespace plumb::reports
