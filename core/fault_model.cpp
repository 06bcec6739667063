#include "core/fault_model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace plumb::core {
namespace {

constexpr double kMildest = 0.036, kWorst = 5;  // |log factor|
constexpr double kOwnSpread = 0.25;             // of a slow part's |log factor|
constexpr double kSlowSigmas = 4;
constexpr double kSlowAtLeast = 0.05;  // below this slowdown nobody swaps a part

/// What passes by mostly costs less than four fifths: log ratios from -1.6 to 0; else anything from -5 to 1.
constexpr double kUsualDepth = 1.6, kUsualShare = 0.7;
constexpr double kAnyDensity = (1 - kUsualShare) / 6, kUsualDensity = kUsualShare / kUsualDepth + kAnyDensity;

const double kStep = std::log(kWorst / kMildest) / (kFactors - 1);

const std::array<double, kFactors> kLogFactors = [] {
  std::array<double, kFactors> logs{};
  for (std::size_t i = 0; i < kFactors; ++i) {
    logs[i] = -kMildest * std::exp(kStep * static_cast<double>(i));
  }
  return logs;
}();

}  // namespace

double factor_at(std::size_t index) { return std::exp(kLogFactors[index]); }
double log_factor_at(std::size_t index) { return kLogFactors[index]; }

std::size_t nearest_factor(double ratio) {
  const double slowdown = -std::log(std::clamp(ratio, std::exp(-kWorst), 1.0));
  const double index = std::log(std::max(slowdown, kMildest) / kMildest) / kStep;
  return std::min(static_cast<std::size_t>(std::lround(index)), kFactors - 1);
}

double log_ratio_of(double ratio) { return std::max(std::log(std::max(ratio, 1e-9)), -kWorst); }

double likelihood(double log_ratio, double log_factor, double sigma, double disturbed) {
  const double spread = std::max(sigma, kOwnSpread * -log_factor);
  const double distance = log_factor < 0 ? log_ratio - log_factor : std::min(log_ratio, 0.0);
  const double z = distance / spread;
  const double density = std::exp(-z * z / 2) / (spread * std::sqrt(2 * std::numbers::pi));
  const double anything = log_ratio > -kUsualDepth && log_ratio < 0 ? kUsualDensity : kAnyDensity;
  return (1 - disturbed) * density + disturbed * anything;
}

double log_likelihood(double ratio, double factor, double sigma, double disturbed) {
  return std::log(likelihood(log_ratio_of(ratio), std::log(factor), sigma, disturbed));
}

bool is_slow(double ratio, double sigma) {
  return ratio < 1 - kSlowAtLeast && std::log(std::max(ratio, 1e-9)) < -kSlowSigmas * sigma;
}

}  // namespace plumb::core
