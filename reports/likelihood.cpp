#include "reports/likelihood.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace plumb::reports {
namespace {

constexpr double kMildest = 0.02, kWorst = 5;  // |log factor|
constexpr double kOwnSpread = 0.25;            // of a slow part's |log factor|
constexpr double kDisturbedDensity = 1.0 / 6;  // even over log ratios from -5 to 1

const double kStep = std::log(kWorst / kMildest) / (kFactors - 1);

}  // namespace

double factor_at(std::size_t index) { return std::exp(-kMildest * std::exp(kStep * static_cast<double>(index))); }

std::size_t nearest_factor(double ratio) {
  const double slowdown = -std::log(std::clamp(ratio, std::exp(-kWorst), 1.0));
  const double index = std::log(std::max(slowdown, kMildest) / kMildest) / kStep;
  return std::min(static_cast<std::size_t>(std::lround(index)), kFactors - 1);
}

double log_likelihood(double ratio, double factor, double sigma) {
  const double log_factor = std::log(factor);
  double distance = std::max(std::log(std::max(ratio, 1e-9)), -kWorst) - log_factor;
  const double spread = std::max(sigma, kOwnSpread * -log_factor);
  if (factor >= 1) {
    distance = std::min(distance, 0.0);
  }
  const double z = distance / spread;
  const double density = std::exp(-z * z / 2) / (spread * std::sqrt(2 * std::numbers::pi));
  return std::log((1 - kDisturbed) * density + kDisturbed * kDisturbedDensity);
}

}  // namespace plumb::reports
