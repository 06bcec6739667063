// The map that run directories hold, with the exact routes that are known.
#pragma once

#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "topology/graph.h"

namespace plumb::reports {

struct Map {
  topology::Graph graph;
  /// Cables in order, by source and destination.
  std::map<std::pair<topology::NodeIndex, topology::NodeIndex>, std::vector<topology::LinkIndex>> routes;
};

/// Merges nodes.csv, links.csv and routes.csv of all; empty where none has them. Throws Error with file and line.
Map read_map(const std::vector<std::filesystem::path>& run_dirs);

}  // namespace plumb::reports
