#include "topology/rail_map.h"

#include <algorithm>
#include <map>

#include "topology/clear_mode.h"

namespace plumb::topology {
namespace {

using Rails = std::vector<core::Integer>;

/// Rails with at least half as many NICs as the most common one; none when others have more than a quarter of all, or
/// when they are more than half of the rails there are.
Rails home_of(const std::map<core::Integer, std::size_t>& nics_by_rail, std::size_t rails) {
  std::size_t most = 0, all = 0, at_home = 0;
  for (const auto& [rail, nics] : nics_by_rail) {
    most = std::max(most, nics);
    all += nics;
  }
  Rails home;
  for (const auto& [rail, nics] : nics_by_rail) {
    if (2 * nics >= most) {
      home.push_back(rail);
      at_home += nics;
    }
  }
  const bool is_clear = all >= kLeastPeers && 4 * at_home >= 3 * all && 2 * home.size() <= rails;
  return is_clear ? home : Rails();
}

}  // namespace

RailMap::RailMap(const Graph& graph) : home_(graph.node_count()) {
  for (NodeIndex host = 0; host < graph.node_count(); ++host) {
    for (const auto nic : graph.nics_of(host)) {
      for (const auto& hop : graph.hops(nic)) {
        if (const auto rail = graph.row(nic).rail; rail && graph.kind(hop.to) == NodeKind::network_switch) {
          plugs_.push_back({nic, hop.to, *rail});
          rails_.push_back(*rail);
        }
      }
    }
  }
  std::ranges::sort(rails_);
  rails_.erase(std::unique(rails_.begin(), rails_.end()), rails_.end());
  find_homes();
}

void RailMap::find_homes() {
  std::map<NodeIndex, std::map<core::Integer, std::size_t>> leaves;
  for (const auto& plug : plugs_) {
    ++leaves[plug.leaf][plug.rail];
  }
  std::size_t pure = 0;
  for (const auto& [leaf, nics_by_rail] : leaves) {
    home_[leaf] = home_of(nics_by_rail, rails_.size());
    pure += home_[leaf].empty() ? 0 : 1;
  }
  is_rail_fabric_ = pure > 1 && 3 * pure >= 2 * leaves.size();
}

bool RailMap::serves(NodeIndex leaf, core::Integer rail) const { return std::ranges::binary_search(home_[leaf], rail); }

std::size_t cabled_nics(const Graph& graph, NodeIndex host) {
  return static_cast<std::size_t>(
      std::ranges::count_if(graph.nics_of(host), [&](NodeIndex nic) { return !graph.hops(nic).empty(); }));
}

std::optional<std::size_t> usual_nics(const Graph& graph) {
  std::vector<std::size_t> counts;
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    if (!graph.nics_of(n).empty()) {
      counts.push_back(cabled_nics(graph, n));
    }
  }
  return clear_mode(std::move(counts));
}

}  // namespace plumb::topology
