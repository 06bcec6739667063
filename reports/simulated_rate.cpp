#include "reports/simulated_rate.h"

#include <algorithm>

namespace plumb::reports {

using topology::LinkIndex;

double RateModel::capacity_Bps(std::uint32_t src, std::uint32_t dst, std::span<const LinkIndex> cables) const {
  double Bps =
      std::min(fabric_.capacity_Bps(fabric_.ends()[src].cable), fabric_.capacity_Bps(fabric_.ends()[dst].cable));
  for (const auto cable : cables) {
    Bps = std::min(Bps, fabric_.capacity_Bps(cable));
  }
  return Bps;
}

void RateModel::limit(double left, const Slowed& slowed) {
  constexpr double kEven = 0.995;  // what leaves more slows nothing: a faster part on the way of a slower one
  if (slowed.fault == kNoIndex || left > kEven) {
    return;
  }
  left_ = std::min(left_, left);
  if (std::ranges::find(rate_.blames, slowed.fault, &SimulatedRate::Blame::fault) == rate_.blames.end()) {
    rate_.blames.push_back({slowed.fault, left});
  }
}

void RateModel::limit_all(std::uint32_t src, std::uint32_t dst, std::span<const LinkIndex> cables, double whole_Bps) {
  const auto& from = fabric_.ends()[src];
  const auto& to = fabric_.ends()[dst];
  const auto limit_cable = [&](LinkIndex cable, const Slowed& slowed) {
    limit(fabric_.capacity_Bps(cable) * slowed.factor / whole_Bps, slowed);
  };
  limit_cable(from.cable, planted_.ends[src].out);
  limit_cable(to.cable, planted_.ends[dst].in);
  for (const auto* end : {&from, &to}) {
    if (const auto found = planted_.leaves.find(end->leaf); found != planted_.leaves.end()) {
      limit_cable(end->cable, found->second);
    }
  }
  for (const auto cable : cables) {
    if (const auto found = planted_.uplinks.find(cable); found != planted_.uplinks.end()) {
      limit_cable(cable, found->second);
    }
  }
}

const SimulatedRate& RateModel::rate(std::uint32_t src, std::uint32_t dst, std::span<const LinkIndex> cables) {
  constexpr double kEfficiency = 0.945, kForCable = 0.0025;  // protocol headers; a little more with each hop
  rate_.blames.clear();
  left_ = 1;
  const double whole_Bps = capacity_Bps(src, dst, cables);
  limit_all(src, dst, cables, whole_Bps);
  const double slowest = left_;
  const auto& slower_driver =
      std::min(driver(src), driver(dst), [](const auto& x, const auto& y) { return x.factor < y.factor; });
  limit(planted_.fabric.factor, planted_.fabric);
  limit(slower_driver.factor, slower_driver);
  rate_.Bps = whole_Bps * (kEfficiency - kForCable * static_cast<double>(cables.size())) * slowest *
              planted_.fabric.factor * slower_driver.factor;
  return rate_;
}

}  // namespace plumb::reports
