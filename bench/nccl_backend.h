// GPU memory over NCCL.
#pragma once

#include <memory>

#include "bench/backend_table.h"

namespace plumb::bench {

/// Called by all ranks, one a GPU. Take `share_gpus`, `graph` and `registration`. Throw core::Error on all ranks alike.
std::unique_ptr<Backend> make_nccl_backend(MPI_Comm parent, const BackendSettings& settings);
std::unique_ptr<PointToPoint> make_nccl_point_to_point(MPI_Comm parent, const BackendSettings& settings);

}  // namespace plumb::bench
