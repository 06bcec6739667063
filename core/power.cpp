#include "core/power.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/fault_model.h"

namespace plumb::core {
namespace {

/// Mean and variance of what one measurement of a part that runs at `factor` adds to its gain. It went another way, and
/// looks healthy, with probability 1 - weight.
std::pair<double, double> gain_moments(double factor, double weight, double sigma) {
  constexpr int kPoints = 81;  // over +-4 standard deviations
  const double other_way = weight < 1 ? std::log1p(-weight) : 0;
  double mass = 0, mean = 0, square = 0;
  for (int i = 0; i < kPoints; ++i) {
    const double z = -4 + 8.0 * i / (kPoints - 1);
    const double density = std::exp(-z * z / 2);
    const double ratio = factor * std::exp(z * sigma);
    const double evidence = log_likelihood(ratio, factor, sigma) - log_likelihood(ratio, 1, sigma);
    const double gain = std::log(weight * std::exp(evidence) + 1 - weight);
    mass += density;
    mean += density * gain;
    square += density * gain * gain;
  }
  mean = weight * mean / mass + (1 - weight) * other_way;
  square = weight * square / mass + (1 - weight) * other_way * other_way;
  return {mean, std::max(square - mean * mean, 0.0)};
}

}  // namespace

double blame_threshold(std::size_t groups) {
  // Markov: P(e-value >= groups / share) <= share / groups, since the e-value's expectation is 1 when nothing is wrong.
  return std::log(static_cast<double>(std::max<std::size_t>(groups, 1)) / kFalseBlames);
}

std::optional<double> detectable_factor(double measurements, double weight, double sigma, std::size_t groups) {
  constexpr double kQuantile99 = 2.326;
  const double average = std::log(kFactors / kBothWays);  // what averaging over directions and levels costs at most
  const double threshold = blame_threshold(groups) + average;
  for (std::size_t k = 0; k < kFactors; ++k) {
    const double factor = factor_at(k);
    const auto [mean, variance] = gain_moments(factor, std::min(weight, 1.0), sigma);
    if (measurements * mean - kQuantile99 * std::sqrt(measurements * variance) > threshold) {
      return factor;
    }
  }
  return std::nullopt;
}

}  // namespace plumb::core
