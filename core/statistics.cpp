#include "core/statistics.h"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <numeric>

#include "core/error.h"

namespace plumb::core {
namespace {

void require_samples(std::span<const double> samples) {
  if (samples.empty()) {
    throw Error("a statistic was asked of no samples");
  }
}

/// Smallest order statistic (1-based) whose bootstrap probability of holding the resampled order statistic
/// `rank` or a smaller one reaches `probability`.
std::size_t bootstrap_quantile(std::size_t n, std::size_t rank, double probability) {
  const auto reaches = [&](std::size_t i) {
    return i >= n || boost::math::ibeta(static_cast<double>(rank), static_cast<double>(n - rank + 1),
                                        static_cast<double>(i) / static_cast<double>(n)) >= probability;
  };
  std::size_t low = 1;
  std::size_t high = n;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (reaches(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

}  // namespace

double median(std::span<const double> samples) {
  require_samples(samples);
  std::vector<double> copy(samples.begin(), samples.end());
  const auto middle = copy.begin() + static_cast<std::ptrdiff_t>(copy.size() / 2);
  std::nth_element(copy.begin(), middle, copy.end());
  if (copy.size() % 2 == 1) {
    return *middle;
  }
  return (*std::max_element(copy.begin(), middle) + *middle) / 2;
}

double scaled_mad(std::span<const double> samples) {
  const double centre = median(samples);
  std::vector<double> deviations(samples.size());
  std::transform(samples.begin(), samples.end(), deviations.begin(), [&](double x) { return std::abs(x - centre); });
  return 1.4826 * median(deviations);
}

double sorted_percentile(std::span<const double> sorted, double fraction) {
  require_samples(sorted);
  const auto rank = static_cast<std::size_t>(std::ceil(fraction * static_cast<double>(sorted.size())));
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

std::optional<Interval> median_interval(std::span<const double> sorted) {
  const std::size_t n = sorted.size();
  if (n < 6) {
    return std::nullopt;
  }
  const std::size_t lower_median = (n + 1) / 2;
  const std::size_t upper_median = n / 2 + 1;
  return Interval{sorted[bootstrap_quantile(n, lower_median, 0.025) - 1],
                  sorted[bootstrap_quantile(n, upper_median, 0.975) - 1]};
}

Summary summarise(std::vector<double> samples) {
  require_samples(samples);
  std::sort(samples.begin(), samples.end());
  Summary s;
  s.samples = samples.size();
  s.min = samples.front();
  s.max = samples.back();
  s.p50 = median(samples);
  s.p95 = sorted_percentile(samples, 0.95);
  s.p99 = sorted_percentile(samples, 0.99);
  s.mean = std::accumulate(samples.begin(), samples.end(), 0.0) / static_cast<double>(samples.size());
  s.ci95 = median_interval(samples);
  return s;
}

std::optional<double> drift(std::span<const double> in_time_order) {
  const std::size_t half = in_time_order.size() / 2;
  if (half < 4) {
    return std::nullopt;
  }
  const double before = median(in_time_order.first(half));
  return before > 0 ? std::optional(median(in_time_order.last(half)) / before) : std::nullopt;
}

}  // namespace plumb::core
