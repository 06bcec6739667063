#include "reports/likelihood.h"

#include <algorithm>
#include <cmath>

namespace plumb::reports {

std::array<std::size_t, 2> RateModel::levels_near(double middle) {
  constexpr std::size_t kAround = 4;
  const auto nearest = nearest_factor(std::min(middle, 1.0));
  return {nearest - std::min(nearest, kAround), std::min(nearest + kAround + 1, kFactors)};
}

double RateModel::promise(std::uint32_t m) const {
  constexpr double kSlack = 0.3;  // the level nearest to the ratio is not quite the likeliest
  const double gain = ratio[m] < 1 ? at(m, nearest_factor(ratio[m])) - healthy(m) : 0;
  return gain > 0 ? gain + kSlack : 0;
}

double RateModel::at(std::uint32_t m, std::size_t level, double headroom) const {
  const double shown = at(m, level);
  const double hidden = log_likelihood(ratio[m], std::min(factor_at(level) * headroom, 1.0), sigma[m], disturbed);
  const double more = std::max(shown, hidden);
  return more + std::log(0.5 * std::exp(shown - more) + 0.5 * std::exp(hidden - more));
}

double EventModel::log_share(std::uint32_t m, double share) const { return std::log(is_sign(m) ? share : 1 - share); }

}  // namespace plumb::reports
