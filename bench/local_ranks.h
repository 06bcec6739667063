// Several ranks on this host from a plain command line, as nccl-tests' -g and -t: a process each, started by mpirun.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

namespace plumb::bench {

struct LocalRanks {
  int gpus = 1, threads = 1;  // nccl-tests: GPUs a thread, threads a process
  [[nodiscard]] int count() const { return gpus * threads; }
};

/// `ranks` must live until the command line is parsed.
void add_local_rank_options(CLI::App& app, LocalRanks& ranks);

using Variable = std::function<const char*(const char* name)>;  // of the environment; null: not set

/// Whether this process has to start the ranks. Not when there is one, and not when it is one of them. Throws
/// UsageError when a launcher has started it already.
bool must_start(const LocalRanks& ranks, const Variable& variable);

/// The command that starts `ranks` of `program` with the arguments of `argv` behind the first.
std::vector<std::string> local_rank_command(int ranks, const std::string& program, int argc, const char* const* argv);

/// Becomes mpirun, where that is necessary; before MPI is initialised. Throws UsageError, or core::Error where there is
/// no mpirun.
void start_local_ranks(const LocalRanks& ranks, int argc, const char* const* argv);

}  // namespace plumb::bench
