// How a backend is to use GPUs, on any command line of this folder.
#pragma once

#include <CLI/CLI.hpp>

#include "bench/backend_table.h"

namespace plumb::bench {

/// `settings` must live until the command line is parsed.
void add_gpu_options(CLI::App& app, BackendSettings& settings);
/// Of collectives only, which all ranks enter together; with the names that nccl-tests gives them, too.
void add_collective_gpu_options(CLI::App& app, BackendSettings& settings);

}  // namespace plumb::bench
