#pragma once

#include "bench/collective.h"

namespace plumb::bench {

/// main() of a collective's program: parses, starts MPI, measures every case, writes the run directory, prints
/// the table. Returns the exit code of the contract.
int collective_main(CollectiveKind kind, int argc, char** argv);

}  // namespace plumb::bench
