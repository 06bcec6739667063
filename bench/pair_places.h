// Where on the fabric each rank sits, as far as a map tells.
#pragma once

#include <string>
#include <vector>

#include "core/rows.h"
#include "topology/matchings.h"

namespace plumb::bench {

using PairPlace = topology::EndPlace;

/// By rank. `topology`: what plumb-topo takes with --from, such as a run directory, a file or "synthetic:…"; when it is
/// empty, the map in `run_dir`, if there is one. Empty when no map is known, or when it does not hold every endpoint.
/// One rank calls this. Throws Error on a map that cannot be read.
std::vector<PairPlace> pair_places(const std::string& topology, const std::string& run_dir,
                                   const std::vector<core::RankRow>& ranks, const std::vector<std::string>& endpoints);

}  // namespace plumb::bench
