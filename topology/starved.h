// Switches with hardly a cable, where others that are called like them have many.
#pragma once

#include "topology/fabric_shape.h"

namespace plumb::topology {

struct StarvedSwitch {
  NodeIndex node = 0;
  std::optional<NodeIndex> to;          // one of those that it should be cabled to; none when it has no cable at all
  std::uint32_t cables = 0, usual = 0;  // its own, and those of most that are called like it
  std::size_t alike = 0, all = 0;       // how many of how many have the usual number
};

/// Switches without hosts that have fewer than half of the cables of most switches of their name but for its numbers
/// ("p3-spine2" and "p1-spine4"), of at least three, to switches of one name, while one of their name but for its last
/// number ("p3-spine4") is not short of them: pods may be smaller than others. Their tier does not count: one that lost
/// every cable down has none, or seems to be above the cores. A switch is told once.
std::vector<StarvedSwitch> starved_switches(const Graph& graph, const FabricShape& shape);

}  // namespace plumb::topology
