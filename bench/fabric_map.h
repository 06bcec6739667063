// The map of the fabric that pairs are to be measured on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/pair_places.h"
#include "topology/graph.h"

namespace plumb::bench {

/// As pair_places. Nothing when there is no map.
std::optional<topology::Graph> fabric_map(const std::string& topology, const std::string& run_dir);

/// Where traffic of a rank enters the map: its NIC, or its host.
std::optional<topology::NodeIndex> entry_of(const topology::Graph& graph, const core::RankRow& rank,
                                            const std::string& endpoint);

/// By rank; empty when the map does not hold all.
std::vector<PairPlace> places_on(const topology::Graph& graph, const std::vector<core::RankRow>& ranks,
                                 const std::vector<std::string>& endpoints);

}  // namespace plumb::bench
