#include "topology/fabric_shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <tuple>
#include <unordered_map>

#include "core/units.h"
#include "topology/clear_mode.h"
#include "topology/roles.h"

namespace plumb::topology {
namespace {

bool is_switch(const Graph& graph, NodeIndex node) { return graph.kind(node) == NodeKind::network_switch; }

/// A strict order, in which "p01" is not "p1".
bool goes_before(std::string_view x, std::string_view y) {
  return natural_less(x, y) || (!natural_less(y, x) && x < y);
}

bool stands_before(const Graph& graph, NodeIndex x, NodeIndex y) {
  const auto &a = graph.row(x), &b = graph.row(y);
  return a.pod == b.pod ? goes_before(a.id, b.id) : goes_before(a.pod, b.pod);
}

}  // namespace

FabricShape::FabricShape(const Graph& graph) : graph_(graph), at_(graph.node_count()) {
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    if (is_switch(graph, n)) {
      switches_.push_back({n, graph.row(n).tier.value_or(0)});
    }
  }
  std::ranges::sort(switches_, [&](const auto& x, const auto& y) { return stands_before(graph, x.node, y.node); });
  for (std::uint32_t i = 0; i < switches_.size(); ++i) {
    at_[switches_[i].node] = i + 1;
  }
  find_usual_rate();
  find_planes();
  for (auto& one : switches_) {
    count(one);
  }
}

const SwitchShape* FabricShape::of(NodeIndex node) const {
  return at_[node] == 0 ? nullptr : &switches_[at_[node] - 1];
}

double FabricShape::rate_of(LinkIndex link) const {
  return knows_rates_ ? graph_.link_row(link).rate_Bps.value_or(usual_rate_) : 1;
}

void FabricShape::find_usual_rate() {
  std::unordered_map<double, std::size_t> number;
  std::size_t most = 0;
  for (LinkIndex i = 0; i < graph_.link_count(); ++i) {
    const auto rate = graph_.link_row(i).rate_Bps;
    if (graph_.link(i).kind == LinkKind::cable && rate && *rate > 0 && ++number[*rate] > most) {
      most = number[*rate];
      usual_rate_ = *rate;
    }
  }
  knows_rates_ = most > 0;
}

void FabricShape::find_planes() {
  std::vector<NodeIndex> ahead;
  std::uint32_t plane = 0;
  for (auto& first : switches_) {
    if (first.plane != 0) {
      continue;
    }
    first.plane = ++plane;
    ahead.push_back(first.node);
    while (!ahead.empty()) {
      const auto node = ahead.back();
      ahead.pop_back();
      for (const auto& hop : graph_.hops(node)) {
        if (is_switch(graph_, hop.to) && of(hop.to)->plane == 0) {
          switches_[at_[hop.to] - 1].plane = plane;
          ahead.push_back(hop.to);
        }
      }
    }
  }
}

void FabricShape::count(SwitchShape& shape) const {
  for (const auto& hop : graph_.hops(shape.node)) {
    const auto* other = of(hop.to);
    if (other == nullptr) {
      ++shape.hosts;
      shape.host_Bps += rate_of(hop.link);
    } else if (shape.tier > 0 && other->tier > shape.tier) {
      ++shape.up;
      shape.up_Bps += rate_of(hop.link);
    } else if (other->tier > 0 && other->tier < shape.tier) {
      ++shape.down;
    }
  }
}

std::vector<Uplinks> FabricShape::uplinks(NodeIndex node) const {
  const auto* shape = of(node);
  std::vector<NodeIndex> above;
  for (const auto& hop : graph_.hops(node)) {
    if (const auto* other = of(hop.to); other != nullptr && shape->tier > 0 && other->tier > shape->tier) {
      above.push_back(hop.to);
    }
  }
  std::ranges::sort(above);
  std::vector<Uplinks> result;
  for (const auto to : above) {
    if (result.empty() || result.back().to != to) {
      result.push_back({to});
    }
    ++result.back().cables;
  }
  std::ranges::stable_sort(result, std::ranges::greater(), &Uplinks::cables);
  return result;
}

std::vector<Peers> peers_of(const Graph& graph, const FabricShape& shape) {
  using Key = std::tuple<core::Integer, std::uint32_t, std::string, double>;  // tier, plane, pod or model, host rate
  const auto key_of = [&](const SwitchShape& one, int width) {
    const auto& row = graph.row(one.node);
    const double host_rate = one.hosts > 0 ? std::round(one.host_Bps / one.hosts) : 0;
    return width == 0   ? Key(one.tier, one.plane, row.pod, 0)
           : width == 1 ? Key(one.tier, one.plane, "", 0)
                        : Key(one.tier, 0, row.model, host_rate);
  };
  const auto switches = shape.switches();
  std::vector<bool> is_judged(switches.size());
  std::vector<Peers> result;
  for (int width = 0; width < 3; ++width) {
    std::map<Key, Peers> groups;
    for (std::uint32_t i = 0; i < switches.size(); ++i) {
      if (switches[i].tier > 0) {
        auto& group = groups[key_of(switches[i], width)];
        group.all.push_back(i);
        if (!is_judged[i]) {
          group.judged.push_back(i);
        }
      }
    }
    for (auto& [key, group] : groups) {
      if (!group.judged.empty() && (group.all.size() >= kLeastPeers || width == 2)) {
        std::ranges::for_each(group.judged, [&](std::uint32_t i) { is_judged[i] = true; });
        result.push_back(std::move(group));
      }
    }
  }
  return result;
}

std::optional<std::uint32_t> usual_cables(const FabricShape& shape, const Peers& peers,
                                          std::uint32_t SwitchShape::*count) {
  std::vector<std::uint32_t> counts;
  std::ranges::transform(peers.all, std::back_inserter(counts),
                         [&](std::uint32_t i) { return shape.switches()[i].*count; });
  if (const auto mode = clear_mode(counts)) {
    return mode;
  }
  const auto [least, most] = std::ranges::minmax(counts);
  const bool is_likely = 2 * std::ranges::count(counts, most) >= std::ssize(counts) && 2 * (most - least) < most;
  return counts.size() >= kLeastPeers && is_likely ? std::optional(most) : std::nullopt;
}

std::string capacity_text(const FabricShape& shape, double amount) {
  return shape.knows_rates() ? core::format_rate(amount) : fmt::format("{:.0f} cables", amount);
}

}  // namespace plumb::topology
