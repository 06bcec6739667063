// Faults that only a busy fabric shows.
#include <algorithm>
#include <cmath>

#include "reports/planter.h"

namespace plumb::reports {

using topology::LinkIndex;

bool Planter::plant_starved(const FaultOrder& order) {
  constexpr double kLow = 0.25, kHigh = 0.5;
  const auto& graph = fabric_.graph();
  for (std::size_t attempt = 0; attempt < kAttempts; ++attempt) {
    const auto leaf = fabric_.leaves()[draws_.below(fabric_.leaves().size())];
    std::vector<LinkIndex> up;
    for (const auto& hop : graph.hops(leaf)) {
      if (graph.kind(hop.to) == topology::NodeKind::network_switch) {
        up.push_back(hop.link);
      }
    }
    if (planted_.starved.contains(leaf) || planted_.leaves.contains(leaf) || up.size() < 2) {
      continue;
    }
    const auto wanted = std::llround(static_cast<double>(up.size()) * factor(order, kLow, kHigh));
    const auto left = std::clamp<std::size_t>(static_cast<std::size_t>(wanted), 1, up.size() - 1);
    std::vector<std::string> parts{id(leaf)};
    for (std::size_t i = left; i < up.size(); ++i) {
      parts.push_back(cable_id(up[i]));
    }
    const double f = static_cast<double>(left) / static_cast<double>(up.size());
    const auto fault = add(order.kind, std::move(parts), f);
    planted_.faults[fault].note = "of its uplinks, the factor carries traffic; the map has them all";
    planted_.starved[leaf] = {f, fault};
    for (std::size_t i = left; i < up.size(); ++i) {
      planted_.dead_uplinks[up[i]] = fault;
    }
    return true;
  }
  return false;
}

bool Planter::plant_crossed(const FaultOrder& order) {
  const auto& graph = fabric_.graph();
  for (std::size_t attempt = 0; attempt < kAttempts; ++attempt) {
    const auto e = static_cast<std::uint32_t>(draws_.below(fabric_.ends().size()));
    const auto& rail = fabric_.rails()[end(e).rail];
    const auto other = rail[draws_.below(rail.size())];
    const bool is_near = graph.row(end(e).leaf).pod == graph.row(end(other).leaf).pod;
    if (!is_near || end(e).leaf == end(other).leaf || planted_.ends[e].fault != kNoIndex ||
        planted_.ends[other].fault != kNoIndex) {
      continue;
    }
    const auto fault = add(order.kind, {cable_id(end(e).cable), cable_id(end(other).cable)}, 1);
    planted_.faults[fault].note = "exchanged between two leaves; the map has them as planned";
    planted_.ends[e].plugged_at = end(other).leaf;
    planted_.ends[other].plugged_at = end(e).leaf;
    planted_.ends[e].fault = planted_.ends[other].fault = fault;
    return true;
  }
  return false;
}

}  // namespace plumb::reports
