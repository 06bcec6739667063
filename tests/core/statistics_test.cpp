#include "core/statistics.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

namespace plumb::core {
namespace {

TEST(Statistics, MedianAndMad) {
  EXPECT_EQ(median(std::vector<double>{3, 1, 2}), 2);
  EXPECT_EQ(median(std::vector<double>{4, 1, 2, 3}), 2.5);
  EXPECT_DOUBLE_EQ(scaled_mad(std::vector<double>{1, 2, 3, 4, 100}), 1.4826);
}

TEST(Statistics, PercentilesAreMeasuredValues) {
  std::vector<double> sorted(100);
  std::iota(sorted.begin(), sorted.end(), 1.0);
  EXPECT_EQ(sorted_percentile(sorted, 0.99), 99);
  EXPECT_EQ(sorted_percentile(sorted, 1.0), 100);
  EXPECT_EQ(sorted_percentile(std::vector<double>{7}, 0.99), 7);
}

TEST(Statistics, NoSamplesIsAnError) { EXPECT_THROW((void)median({}), std::runtime_error); }

TEST(Statistics, IntervalOfTheMedianMatchesTheBinomial) {
  // n = 11: P(Bin(11, i/11) >= 6) first reaches 0.025 at i = 3 and 0.975 at i = 9.
  std::vector<double> sorted(11);
  std::iota(sorted.begin(), sorted.end(), 1.0);
  const auto interval = median_interval(sorted);
  ASSERT_TRUE(interval);
  EXPECT_EQ(interval->low, 3);
  EXPECT_EQ(interval->high, 9);
  EXPECT_FALSE(median_interval(std::vector<double>{1, 2, 3, 4, 5}));
}

TEST(Statistics, IntervalCoversTheTrueMedianAboutAsOftenAsItSays) {
  std::mt19937_64 random(7);
  std::exponential_distribution<double> draw(1.0);
  int covered = 0;
  for (int trial = 0; trial < 2000; ++trial) {
    std::vector<double> samples(50);
    for (double& x : samples) {
      x = draw(random);
    }
    std::sort(samples.begin(), samples.end());
    const auto interval = *median_interval(samples);
    covered += interval.low <= 0.693147 && 0.693147 <= interval.high;
  }
  EXPECT_GT(covered, 1860);
  EXPECT_LT(covered, 1980);
}

TEST(Statistics, DriftComparesHalves) {
  EXPECT_EQ(drift(std::vector<double>{1, 1, 1, 1, 2, 2, 2, 2}), 2.0);
  EXPECT_EQ(drift(std::vector<double>{1, 2, 3}), std::nullopt);
}

}  // namespace
}  // namespace plumb::core
