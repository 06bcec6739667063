// How a backend is to use GPUs, on any command line of this folder.
#pragma once

#include <CLI/CLI.hpp>

#include "bench/backend_table.h"

namespace plumb::bench {

/// `settings` must live until the command line is parsed.
void add_gpu_options(CLI::App& app, BackendSettings& settings);

}  // namespace plumb::bench
