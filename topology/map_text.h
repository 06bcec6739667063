// A map in a terminal.
#pragma once

#include <string>

#include "topology/graph.h"

namespace plumb::topology {

/// "32 hosts, 256 NICs on 8 rails, 256 GPUs, 48 switches in 4 pods".
std::string totals_text(const Graph& graph);

/// What there is of each kind, the cables between them, and, for a few hosts, the devices of each.
std::string map_text(const Graph& graph);

}  // namespace plumb::topology
