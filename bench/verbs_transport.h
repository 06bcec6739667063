// Messages by RDMA: reliable connected queue pairs of libibverbs, over the NICs that a rank drives, in
// host memory or, for pairs, a GPU's.
#pragma once

#include <mpi.h>

#include <memory>

#include "bench/backend_table.h"
#include "bench/transport.h"
#include "core/manifest.h"

namespace plumb::bench {

/// Called by all ranks. A rank of which a NIC cannot be used throws when it is to connect, and so does its peer: other
/// pairs go on.
std::unique_ptr<Transport> make_verbs_transport(MPI_Comm parent, const BackendSettings& settings);

/// The library's version and this host's devices, or why there are none.
core::Component verbs_component();

}  // namespace plumb::bench
