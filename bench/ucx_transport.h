// Tag messages over UCX, in host memory.
#pragma once

#include <mpi.h>

#include <memory>

#include "bench/backend_table.h"
#include "bench/transport.h"
#include "core/manifest.h"

namespace plumb::bench {

/// Addresses go round through `parent`; UCX connects two ranks with their first message. Called by all ranks. Throws
/// core::Error.
std::unique_ptr<Transport> make_ucx_transport(MPI_Comm parent, const BackendSettings& settings);

/// UCX's version, and the transports and devices that it finds here.
core::Component ucx_component();

}  // namespace plumb::bench
