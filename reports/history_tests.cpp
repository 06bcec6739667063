#include "reports/history_tests.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "core/statistics.h"

namespace plumb::reports {
namespace {

double normal_below(double z) { return std::erfc(-z / std::numbers::sqrt2) / 2; }

std::vector<double> doubles(std::span<const float> values) { return {values.begin(), values.end()}; }

/// P that k runs of a healthy part are all at or below `low` (negative, from the median of n earlier ones). With j of
/// them low for once, the mean of the other k - j is at or below `low`, too.
double step_p(double low, std::size_t k, std::size_t n, const Scatter& scatter) {
  double p = 0, ways = 1, passing = 1;
  for (std::size_t j = 0; j <= k; ++j) {
    const double left = static_cast<double>(k - j);
    const double spread =
        j == k ? 1 : scatter.sigma * std::sqrt(1 / left + std::numbers::pi / 2 / static_cast<double>(n));
    p += ways * passing * (j == k ? 1 : normal_below(low / spread));
    ways *= left / static_cast<double>(j + 1);
    passing *= scatter.passing;
  }
  return std::min(1.0, p);
}

/// How many of the last runs are nearer to `now` than to `usual`.
std::size_t runs_since(std::span<const float> values, double usual, double now) {
  std::size_t runs = 0;
  while (runs < values.size() && values[values.size() - 1 - runs] < (usual + now) / 2) {
    ++runs;
  }
  return runs;
}

/// By number of inversions: share of all orders of n values that have so many.
std::vector<double> inversion_shares(std::size_t n) {
  std::vector<double> shares{1};
  for (std::size_t m = 2; m <= n; ++m) {
    std::vector<double> next(shares.size() + m - 1);
    for (std::size_t i = 0; i < shares.size(); ++i) {
      for (std::size_t add = 0; add < m; ++add) {
        next[i + add] += shares[i] / static_cast<double>(m);
      }
    }
    shares = std::move(next);
  }
  return shares;
}

constexpr std::size_t kMostTrend = 40;

/// P that n values in random order have at most so many pairs that rise.
double rises_p(std::size_t n, std::size_t rises) {
  static const auto kCumulative = [] {
    std::array<std::vector<double>, kMostTrend + 1> all;
    for (std::size_t m = 0; m <= kMostTrend; ++m) {
      double sum = 0;
      for (const double share : inversion_shares(m)) {
        all[m].push_back(sum += share);
      }
    }
    return all;
  }();
  return std::min(1.0, kCumulative[n][rises]);
}

double theil_sen(std::span<const float> values) {
  std::vector<double> slopes;
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = i + 1; j < values.size(); ++j) {
      slopes.push_back((values[j] - values[i]) / static_cast<double>(j - i));
    }
  }
  return core::median(slopes);
}

}  // namespace

Decline step_of(std::span<const float> log_levels, const Scatter& scatter) {
  constexpr std::size_t kRecent[] = {2, 3, 5};
  Decline best;
  for (const auto k : kRecent) {
    if (log_levels.size() < k + kLeastPast) {
      break;
    }
    const auto past = doubles(log_levels.first(log_levels.size() - k));
    const auto recent = doubles(log_levels.last(k));
    const double usual = core::median(past), now = core::median(recent);
    const double least_low = *std::max_element(recent.begin(), recent.end()) - usual;
    if (now - usual > std::log(1 - kLeastDecline) || least_low >= 0) {
      continue;
    }
    const Scatter own{std::max(scatter.sigma, core::scaled_mad(past)), scatter.passing};
    const double p = std::min(1.0, static_cast<double>(std::size(kRecent)) * step_p(least_low, k, past.size(), own));
    if (p < best.p) {
      best = {p, usual, now, runs_since(log_levels, usual, now), false};
    }
  }
  return best;
}

Decline drift_of(std::span<const float> log_levels) {
  const auto values = log_levels.last(std::min(log_levels.size(), kMostTrend));
  if (values.size() < kLeastTrend) {
    return {};
  }
  std::size_t rises = 0;  // equal ones count as rises: they speak against a decline
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = i + 1; j < values.size(); ++j) {
      rises += values[j] >= values[i] ? 1 : 0;
    }
  }
  const double p = rises_p(values.size(), rises);
  constexpr double kWorthALook = 0.01;
  if (p > kWorthALook) {
    return {};
  }
  const double fall = theil_sen(values) * static_cast<double>(values.size() - 1);
  if (fall > std::log(1 - kLeastDecline)) {
    return {};
  }
  const double now = core::median(doubles(values.last(3)));
  return {p, core::median(doubles(values.first(3))), now, values.size(), true};
}

Decline decline_of(std::span<const float> log_levels, const Scatter& scatter) {
  const auto step = step_of(log_levels, scatter);
  const auto drift = drift_of(log_levels);
  auto clearer = drift.p < step.p ? drift : step;
  clearer.p = std::min(1.0, 2 * clearer.p);
  return clearer;
}

double believable(std::vector<double> p_values, std::size_t tests, double share) {
  std::sort(p_values.begin(), p_values.end());
  double largest = 0;
  for (std::size_t i = 0; i < p_values.size(); ++i) {
    if (p_values[i] <= share * static_cast<double>(i + 1) / static_cast<double>(tests)) {
      largest = p_values[i];
    }
  }
  return largest;
}

}  // namespace plumb::reports
