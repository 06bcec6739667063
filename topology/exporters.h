// Every form's function; exporter.cpp has the table.
#pragma once

#include <string>

#include "topology/graph.h"

namespace plumb::topology {

std::string ibnetdiscover_text(const Graph& graph);
std::string json_text(const Graph& graph);

}  // namespace plumb::topology
