// Hosts that stand together in a picture: those on the same leaves.
#pragma once

#include <cstdint>
#include <vector>

#include "topology/graph.h"

namespace plumb::topology {

inline constexpr std::uint32_t kNoPlace = 0xffffffff;

/// A switch in a picture; the others stand inside a host.
bool is_drawn_as_switch(const Graph& graph, NodeIndex node);
/// A NIC in a picture: one with a cable, or of a rail.
bool is_drawn_as_nic(const Graph& graph, NodeIndex node);

/// Pod of a host, or of its first NIC that has one.
std::string pod_of(const Graph& graph, NodeIndex node);

/// The value that most have, and how many; kNoPlace of none.
struct Majority {
  std::uint32_t value = kNoPlace;
  std::size_t count = 0;
};
Majority majority(std::vector<std::uint32_t> values);

struct HostGroups {
  std::vector<NodeIndex> hosts;         // in drawing order: by pod, group and name
  std::vector<std::uint32_t> group_of;  // by node, of hosts: in drawing order
  std::uint32_t groups = 0;
};

/// A host with a cable in a wrong leaf stays with the hosts that share its other leaves.
HostGroups host_groups(const Graph& graph);

}  // namespace plumb::topology
