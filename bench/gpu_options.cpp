#include "bench/gpu_options.h"

namespace plumb::bench {

void add_gpu_options(CLI::App& app, BackendSettings& settings) {
  const auto* group = "Options of --backend nccl";
  app.add_flag("--share-gpu", settings.share_gpus,
               "ranks beyond a host's GPUs share them, as if on other hosts; for tests: speeds mean nothing")
      ->group(group);
  app.add_flag_callback(
         "--register", [&] { settings.registration = Registration::local; },
         "buffers by ncclMemAlloc and ncclCommRegister")
      ->group(group);
}

void add_collective_gpu_options(CLI::App& app, BackendSettings& settings) {
  const auto* group = "Options of --backend nccl";
  app.add_flag("--graph", settings.graph, "record each collective once and launch it as a CUDA graph")->group(group);
  app.add_flag_callback(
         "--symmetric", [&] { settings.registration = Registration::symmetric; },
         "buffers as windows that all ranks have alike (ncclCommWindowRegister, NCCL 2.27 and later)")
      ->group(group);
  app.add_option_function<int>(
         "-R,--local_register", [&](int kind) { settings.registration = static_cast<Registration>(kind); },
         "as in nccl-tests: 1 is --register, 2 --symmetric")
      ->check(CLI::Range(0, 2))
      ->group(group);
  app.add_option_function<int>(
         "-G,--cudagraph", [&](int launches) { settings.graph = launches > 0; }, "as in nccl-tests: above 0 is --graph")
      ->check(CLI::NonNegativeNumber)
      ->group(group);
}

}  // namespace plumb::bench
