// Command line of plumb-gpu.
#pragma once

#include <string>

namespace plumb::diag {

struct GpuOptions {
  double load_s = 30;    // of matrix products
  int repetitions = 20;  // of each bandwidth
  std::string run_dir, label = "gpu", host;
  bool components = false;
};

/// Throws CLI::ParseError (help too) or UsageError.
GpuOptions parse_gpu_options(int argc, const char* const* argv);

}  // namespace plumb::diag
