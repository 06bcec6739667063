// The GPU of a rank whose messages leave from its memory and arrive there, over verbs.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "bench/gpu_memory.h"
#include "bench/verbs_memory.h"
#include "core/gpu.h"

namespace plumb::bench {

class VerbsGpu {
 public:
  /// The GPU of the rank's place on its host; ranks beyond its GPUs begin anew. Throws core::Error where there is none.
  explicit VerbsGpu(int local_rank);

  [[nodiscard]] const Memory& memory() const { return memory_; }
  /// Zeroed, and registered with the NICs. Throws core::Error.
  [[nodiscard]] std::unique_ptr<VerbsMemory> allocate(std::span<const VerbsDevice* const> nics, std::size_t bytes,
                                                      unsigned access) const;

 private:
  core::CudaLibrary cuda_;
  core::Gpu gpu_;
  core::GpuStream stream_;
  GpuMemory memory_;
};

}  // namespace plumb::bench
