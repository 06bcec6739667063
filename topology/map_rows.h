// Which parts of a map stand in one box of its picture, and which boxes in one row.
#pragma once

#include <string>
#include <vector>

#include "topology/map_groups.h"

namespace plumb::topology {

inline constexpr int kNoRail = -1;

/// Hosts, or switches of one tier, that are one box.
struct Cluster {
  std::vector<NodeIndex> nodes;
  std::uint32_t tier = 0;          // of MapRows::tiers
  std::uint32_t block = kNoPlace;  // of MapRows::blocks
  int rail = kNoRail;              // of all its switches
};

/// A row of boxes.
struct Tier {
  std::string word;                   // "core", "spine", "leaf", "switch", "host"
  std::uint32_t first = 0, last = 0;  // its clusters
  std::size_t nodes = 0;
};

struct MapRows {
  std::vector<Tier> tiers;  // from the top to the hosts
  std::vector<Cluster> clusters;
  std::vector<std::string> blocks;        // "pod p1", "pods p1 to p4", or "" for hosts on the same leaves
  std::vector<core::Integer> rails;       // all that NICs have; none when there is but one
  std::vector<std::uint32_t> cluster_of;  // by node; NICs as their hosts
  std::vector<std::uint32_t> group_of;    // by node, of hosts: as in HostGroups
  std::vector<int> rail_of;               // by node, index in `rails`; of a switch, that of most it serves
  bool hosts_are_whole = true;            // a box a host
};

/// Every host and every switch in one box: its own, or, where there are too many to read, that of its leaf group, of
/// its pod and rail, of its pod. Linear but for sorting names.
MapRows map_rows(const Graph& graph);

}  // namespace plumb::topology
