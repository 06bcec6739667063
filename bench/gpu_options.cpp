#include "bench/gpu_options.h"

namespace plumb::bench {

void add_gpu_options(CLI::App& app, BackendSettings& settings) {
  const auto* group = "Options of --backend nccl";
  app.add_flag("--share-gpu", settings.share_gpus,
               "ranks beyond a host's GPUs share them, as if on other hosts; for tests: speeds mean nothing")
      ->group(group);
  app.add_flag("--graph", settings.graph, "record each collective once and launch it as a CUDA graph")->group(group);
  app.add_flag("--register", settings.registered, "buffers by ncclMemAlloc and ncclCommRegister")->group(group);
}

}  // namespace plumb::bench
