// Tiers, pods and rails that no source told, as the cables tell them.
#pragma once

#include <vector>

#include "topology/graph.h"

namespace plumb::topology {

/// Tier of each switch that has none: 1 where hosts are plugged in, else 1 more than its nearest neighbour towards
/// them. A few servers on a spine (a subnet manager, storage) do not make it a leaf. Nothing for other nodes, and for
/// switches without a way to a host.
std::vector<core::MaybeInteger> tiers_by_cables(const Graph& graph);

/// Pod of each host, NIC and switch, numbered from 1, where three tiers are known and no source tells a pod: what
/// still hangs together, over hosts too, without the top tier. 0 for none.
std::vector<std::uint32_t> pods_by_cables(const Graph& graph);

/// Rail of each NIC on a host none of whose NICs has one: its place among them by NUMA node and PCI address, or, where
/// these are not known, by name with numbers in order (mlx5_3 before mlx5_6).
std::vector<core::MaybeInteger> rails_by_order(const Graph& graph);

/// "a2" before "a10".
bool natural_less(std::string_view a, std::string_view b);

}  // namespace plumb::topology
