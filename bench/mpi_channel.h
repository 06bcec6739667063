// Pairs over the MPI library that this program is linked to, in host memory.
#pragma once

#include <mpi.h>

#include <memory>

#include "bench/channel.h"

namespace plumb::bench {

/// On a duplicate of `parent`. Called by all ranks.
std::unique_ptr<PointToPoint> make_mpi_point_to_point(MPI_Comm parent);

}  // namespace plumb::bench
