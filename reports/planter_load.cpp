// Faults that only a busy fabric shows.
#include <algorithm>
#include <cmath>

#include "reports/planter.h"
#include "topology/pod_spines.h"

namespace plumb::reports {

using topology::LinkIndex;
using topology::NodeIndex;

namespace {

constexpr double kLowShare = 0.25, kHighShare = 0.5;

/// To other switches, or to those outside its pod only.
std::vector<LinkIndex> cables_up(const topology::Graph& graph, NodeIndex node, bool leaves_pod) {
  std::vector<LinkIndex> up;
  for (const auto& hop : graph.hops(node)) {
    const bool is_up = graph.kind(hop.to) == topology::NodeKind::network_switch &&
                       (!leaves_pod || graph.row(hop.to).pod != graph.row(node).pod);
    if (is_up) {
      up.push_back(hop.link);
    }
  }
  return up;
}

}  // namespace

bool Planter::plant_starved_leaf(const FaultOrder& order) {
  for (std::size_t attempt = 0; attempt < kAttempts; ++attempt) {
    const auto leaf = fabric_.leaves()[draws_.below(fabric_.leaves().size())];
    auto up = cables_up(fabric_.graph(), leaf, false);
    if (planted_.starved_leaves.contains(leaf) || planted_.leaves.contains(leaf) || up.size() < 2) {
      continue;
    }
    planted_.starved_leaves[leaf] = starve(order.kind, {leaf}, {std::move(up)}, factor(order, kLowShare, kHighShare));
    return true;
  }
  return false;
}

bool Planter::plant_starved_pod(const FaultOrder& order) {
  for (std::size_t attempt = 0; attempt < kAttempts; ++attempt) {
    const auto spines = topology::spines_of(fabric_.graph(), fabric_.leaves()[draws_.below(fabric_.leaves().size())]);
    std::vector<std::vector<LinkIndex>> up;
    std::ranges::transform(spines, std::back_inserter(up),
                           [&](NodeIndex spine) { return cables_up(fabric_.graph(), spine, true); });
    const bool has_room = std::ranges::all_of(up, [](const auto& cables) { return cables.size() > 1; });
    if (up.empty() || !has_room || planted_.starved_pods.contains(spines.front())) {
      continue;
    }
    planted_.starved_pods[spines.front()] = starve(order.kind, spines, up, factor(order, kLowShare, kHighShare));
    return true;
  }
  return false;
}

Starved Planter::starve(FaultKind kind, const std::vector<NodeIndex>& switches,
                        const std::vector<std::vector<LinkIndex>>& cables, double share) {
  Starved starved;
  std::vector<std::string> parts;
  std::ranges::transform(switches, std::back_inserter(parts), [&](NodeIndex node) { return id(node); });
  double left_Bps = 0;
  starved.fault = static_cast<std::uint32_t>(planted_.faults.size());
  for (const auto& up : cables) {
    const auto wanted = static_cast<std::size_t>(std::llround(static_cast<double>(up.size()) * share));
    const auto left = std::clamp<std::size_t>(wanted, 1, up.size() - 1);
    for (std::size_t i = 0; i < up.size(); ++i) {
      const double Bps = fabric_.capacity_Bps(up[i]);
      starved.up_Bps += Bps;
      if (i < left) {
        left_Bps += Bps;
      } else {
        planted_.dead_uplinks[up[i]] = starved.fault;
        parts.push_back(cable_id(up[i]));
      }
    }
  }
  starved.factor = left_Bps / starved.up_Bps;
  add(kind, std::move(parts), starved.factor);
  planted_.faults.back().note = "of its cables up, the factor carries traffic; the map has them all";
  return starved;
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
