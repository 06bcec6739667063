// The GPU of a rank whose messages leave from its memory and arrive there.
#pragma once

#include <cstddef>
#include <memory>

#include "bench/gpu_memory.h"
#include "core/gpu.h"

namespace plumb::bench {

class RankGpu {
 public:
  /// The GPU of the rank's place on its host; ranks beyond its GPUs begin anew. Throws core::Error where there is none.
  explicit RankGpu(int local_rank);

  [[nodiscard]] const Memory& memory() const { return memory_; }
  /// Zeroed; whole pages of the GPU, of `bytes` at least. Throws core::Error.
  [[nodiscard]] std::unique_ptr<core::GpuBuffer> allocate(std::size_t bytes) const;

 private:
  core::CudaLibrary cuda_;
  core::Gpu gpu_;
  core::GpuStream stream_;
  GpuMemory memory_;
};

}  // namespace plumb::bench
