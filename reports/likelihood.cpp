#include "reports/likelihood.h"

#include <algorithm>
#include <cmath>

namespace plumb::reports {

RateModel::RateModel(std::span<const float> ratios, std::span<const float> sigmas)
    : ratio(ratios), sigma(sigmas), log_ratio(ratios.size()) {
  std::ranges::transform(ratios, log_ratio.begin(), [](float one) { return core::log_ratio_of(one); });
}

std::array<std::size_t, 2> RateModel::levels_near(double middle) {
  constexpr std::size_t kAround = 4;
  const auto nearest = nearest_factor(std::min(middle, 1.0));
  return {nearest - std::min(nearest, kAround), std::min(nearest + kAround + 1, kFactors)};
}

double RateModel::promise(std::uint32_t m) const {
  constexpr double kSlack = 0.3;  // the level nearest to the ratio is not quite the likeliest
  return std::log(at(m, nearest_factor(ratio[m])) / healthy(m)) + kSlack;
}

double RateModel::at(std::uint32_t m, std::size_t level, double log_headroom) const {
  const double log_hidden = std::min(core::log_factor_at(level) + log_headroom, 0.0);
  return (at(m, level) + core::likelihood(log_ratio[m], log_hidden, sigma[m], disturbed)) / 2;
}

double EventModel::promise(std::uint32_t m) const { return std::log(at(m, is_sign(m) ? kLevels - 1 : 0) / healthy(m)); }

}  // namespace plumb::reports
