// The larger pieces of the page's data; page_data.cpp puts them together.
#pragma once

#include <vector>

#include "core/json_file.h"
#include "reports/judge.h"
#include "reports/places.h"

namespace plumb::reports {

/// Pods, leaves and the hosts at them, with what each end reaches of what is expected, in percent, in its slower
/// direction: all that aggregates need. Nothing without a map.
core::Json page_fabric(const Evidence& evidence, const PairView& view, const topology::Graph& graph,
                       const Places& places);

/// Rows that matter, by columns: those of suspects (`is_suspect`, by index in Evidence::endpoints) and the slowest; all
/// of a small run. Names stand once.
core::Json page_pairs(const Evidence& evidence, const PairView& view, const Places& places,
                      const std::vector<bool>& is_suspect);

/// Median bandwidth ratio in permille between any two ends, hosts, leaves or pods: the finest of these that a picture
/// can hold.
core::Json page_matrix(const Evidence& evidence, const PairView& view, const topology::Graph& graph,
                       const Places& places);

/// Parts to act on, the gravest first: the likeliest suspect of each finding that fails or warns, with its serial
/// number, model and position.
core::Json page_acts(const core::Verdict& verdict, const topology::Graph& graph);
/// Hosts of drain.txt.
core::Json page_drain(const core::Verdict& verdict);
/// [what, version or why it is absent, number of hosts or parts] of programs, libraries, drivers and firmware.
core::Json page_versions(const Evidence& evidence, const topology::Graph& graph);

}  // namespace plumb::reports
