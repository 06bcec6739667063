// The fabric as a scheduler sees it: a tree, in which each host hangs on one leaf and each switch below one parent.
#pragma once

#include <string>
#include <vector>

#include "topology/graph.h"

namespace plumb::topology {

/// One switch of the tree. It stands for those of the map that serve the same hosts, or that join the same parts.
struct TreeSwitch {
  std::string name;                   // [A-Za-z0-9._-], at most 64 characters, no two the same
  std::vector<std::string> merged;    // of what it stands for, cleaned names; empty for one that the map does not have
  std::vector<std::string> hosts;     // of a leaf, by name
  std::vector<std::string> children;  // of any other
};

struct HostTree {
  std::vector<TreeSwitch> switches;        // children before parents; the last is the root
  std::vector<std::string> without_cable;  // hosts without a way to a switch
  std::vector<std::string> bad_names;      // hosts whose name has other characters, printable
};

/// Tier by tier, what serves the same parts becomes one: on a rail fabric, the leaves of all rails that a group of
/// hosts is plugged into. A host or switch with cables astray goes where most of its cables go. Roots that nothing
/// joins get one more switch, "top". Throws Error when no host hangs on a switch. Time and memory grow with the cables.
HostTree host_tree(const Graph& graph);

/// "n[0001-0032,0040],login1": what Slurm and pdsh read.
std::string host_ranges(const std::vector<std::string>& names);

}  // namespace plumb::topology
