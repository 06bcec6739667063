#include "reports/way_rates.h"

#include <algorithm>
#include <span>

namespace plumb::reports {

using topology::BundleIndex;
using topology::NodeIndex;
using topology::NodeKind;

void WayRates::look_at(const topology::SharedWay& way, const Endpoint& src, const Endpoint& dst) {
  const auto& graph = fabric_.graph();
  at_ends_.clear();
  between_.reset();
  for (const auto& cable : way.cables) {
    const auto& link = graph.link(cable.link);
    const auto rate = fabric_.rates().of_cable(cable.link);
    const bool is_hosts =
        graph.kind(link.a) != NodeKind::network_switch || graph.kind(link.b) != NodeKind::network_switch;
    if (rate && is_hosts) {
      at_ends_.emplace_back(link.a, *rate);
      at_ends_.emplace_back(link.b, *rate);
    } else {
      lower(between_, rate);
    }
  }
  for (const auto& shared : way.bundles) {
    lower(between_, of_bundle(shared.bundle));
  }
  find_line_rate(src, dst);
}

void WayRates::find_line_rate(const Endpoint& src, const Endpoint& dst) {
  line_rate_Bps_ = between_;
  lower(line_rate_Bps_, src.rate_Bps);
  lower(line_rate_Bps_, dst.rate_Bps);
  for (const auto& [node, at_node] : at_ends_) {
    lower(line_rate_Bps_, at_node);
  }
}

std::optional<double> WayRates::at(NodeIndex node) const {
  std::optional<double> rate;
  for (const auto& [end, end_rate] : at_ends_) {
    lower(rate, end == node ? std::optional(end_rate) : std::nullopt);
  }
  return rate;
}

std::optional<double> WayRates::of_bundle(BundleIndex bundle) {
  constexpr float kNotLookedUp = -1;
  const auto& bundles = ways_.bundles();
  bundle_rates_.resize(std::max(bundle_rates_.size(), bundles.size()), kNotLookedUp);
  auto& rate = bundle_rates_[bundle];
  if (rate < 0) {
    std::optional<double> slowest;
    for (const auto cable : bundles.has_cables(bundle) ? bundles.members(bundle) : std::span<const std::uint32_t>()) {
      lower(slowest, fabric_.rates().of_cable(cable));
    }
    rate = static_cast<float>(slowest.value_or(0));
  }
  return rate > 0 ? std::optional<double>(rate) : std::nullopt;
}

float WayRates::headroom(std::optional<double> rate_Bps) const {
  const double slowest = line_rate_Bps_.value_or(0);
  return rate_Bps && slowest > 0 ? static_cast<float>(std::max(*rate_Bps / slowest, 1.0)) : 1.0F;
}

}  // namespace plumb::reports
