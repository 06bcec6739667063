// The switches between the leaves of a pod and the rest of the fabric.
#pragma once

#include <vector>

#include "topology/graph.h"

namespace plumb::topology {

/// The switches of its own pod that a leaf is cabled to, by number; the same for all leaves of a rail in a pod.
std::vector<NodeIndex> spines_of(const Graph& graph, NodeIndex leaf);

}  // namespace plumb::topology
