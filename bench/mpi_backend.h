// Host memory over the MPI library that this program is linked to.
#pragma once

#include <mpi.h>

#include <memory>

#include "bench/backend.h"

namespace plumb::bench {

/// Runs on a duplicate of `parent`. Called by all ranks.
std::unique_ptr<Backend> make_mpi_backend(MPI_Comm parent);

/// "Open MPI v4.1.4, …" on one line.
std::string mpi_library_version();

}  // namespace plumb::bench
