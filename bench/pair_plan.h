// What a schedule would measure and see, before anything runs.
#pragma once

#include <string>

#include "bench/pair_options.h"

namespace plumb::bench {

/// For each NIC of the map a rank, as `--map-by` would place them. Needs no MPI. Throws UsageError without a map.
std::string plan_text(const PairOptions& options);

}  // namespace plumb::bench
