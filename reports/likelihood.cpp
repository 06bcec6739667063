#include "reports/likelihood.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace plumb::reports {

RateModel::RateModel(std::span<const float> ratios, std::span<const float> sigmas) {
  for (std::size_t m = 0; m < ratios.size(); ++m) {
    of.push_back({core::log_ratio_of(ratios[m]), ratios[m], sigmas[m]});
  }
}

EventModel::EventModel(std::span<const float> ratios) {
  std::ranges::transform(ratios, std::back_inserter(of), [](float ratio) { return Measured{ratio}; });
}

Levels RateModel::levels_near(double middle) {
  constexpr std::size_t kAround = 4;
  const auto nearest = nearest_factor(std::min(middle, 1.0));
  return {nearest - std::min(nearest, kAround), std::min(nearest + kAround + 1, kFactors)};
}

double RateModel::promise(const Measured& m) const {
  constexpr double kSlack = 0.3;  // the level nearest to the ratio is not quite the likeliest
  return std::log(at(m, nearest_factor(m.ratio)) / healthy(m)) + kSlack;
}

double RateModel::at(const Measured& m, std::size_t level, double log_headroom) const {
  return core::likelihood(m.log_ratio, std::min(core::log_factor_at(level) + log_headroom, 0.0), m.sigma, disturbed);
}

double EventModel::promise(const Measured& m) const {
  return std::log(at(m, is_sign(m) ? kLevels - 1 : 0) / healthy(m));
}

}  // namespace plumb::reports
