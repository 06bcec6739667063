// Robust statistics of measured samples. No function here draws random numbers: the same samples give the
// same result, bit for bit.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace plumb::core {

/// Middle of the sorted samples; the mean of the two middle ones when even. Needs one sample.
double median(std::span<const double> samples);

/// Median absolute deviation times 1.4826, which estimates the standard deviation of normal noise.
double scaled_mad(std::span<const double> samples);

/// Nearest-rank percentile of *sorted* samples, 0 < fraction <= 1: the smallest sample that is not below
/// that share of all. It is always a value that was measured.
double sorted_percentile(std::span<const double> sorted, double fraction);

struct Interval {
  double low = 0;
  double high = 0;
};

/// 95 % bootstrap percentile interval of the median, of *sorted* samples, computed exactly (the limit of
/// infinitely many resamples) instead of by drawing: P(median* <= x(i)) is a binomial tail, which is a
/// regularised incomplete beta function. See docs/metrics.md. Not known below six samples.
std::optional<Interval> median_interval(std::span<const double> sorted);

struct Summary {
  std::size_t samples = 0;
  double min = 0, p50 = 0, p95 = 0, p99 = 0, max = 0, mean = 0;
  std::optional<Interval> ci95;
};

/// All of the above of unsorted samples. Needs one sample.
Summary summarise(std::vector<double> samples);

/// Median of the second half over median of the first half, in time order; unknown below eight samples.
std::optional<double> drift(std::span<const double> in_time_order);

}  // namespace plumb::core
