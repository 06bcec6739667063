// Switches with hardly a cable, where others that are called like them have many.
#pragma once

#include "topology/fabric_shape.h"

namespace plumb::topology {

struct StarvedSwitch {
  NodeIndex node = 0;
  bool has_none = false;                // no cable at all
  std::uint32_t cables = 0, usual = 0;  // to leaves where these are too few, else all: its own, and those of most
  bool to_leaves = false;
  std::size_t alike = 0, all = 0;  // how many of how many that are called like it have the usual number
};

/// Switches without hosts that have fewer than half of the cables of most switches of their name but for its numbers
/// ("p3-spine2" and "p1-spine4"), of at least three. Their tier does not count: one that lost every cable down has
/// none, or seems to be above the cores.
std::vector<StarvedSwitch> starved_switches(const Graph& graph, const FabricShape& shape);

}  // namespace plumb::topology
