// A map in a terminal.
#pragma once

#include <string>

#include "topology/graph.h"

namespace plumb::topology {

/// What there is of each kind, the cables between them, and, for a few hosts, the devices of each.
std::string map_text(const Graph& graph);

}  // namespace plumb::topology
