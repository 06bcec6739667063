#pragma once

namespace plumb::bench {

/// main() of plumb-pairs: parses, starts MPI, measures round by round, writes the run directory, prints a summary.
/// Returns the exit code of the contract.
int pairs_main(int argc, char** argv);

}  // namespace plumb::bench
