// How fast a GPU moves data: its own memory, to and from its host.
#pragma once

#include <vector>

#include "core/gpu.h"

namespace plumb::diag {

/// Bytes a second, one for each repetition.
using Rates = std::vector<double>;

struct MemoryRates {
  Rates read, write, copy;  // copy counts what is read and what is written
};

/// By kernels, on buffers far larger than any cache. Throws core::Error.
MemoryRates memory_rates(const core::GpuStream& stream, int repetitions);

struct HostRates {
  Rates to_gpu, to_host;
};

/// Page-locked memory, where the calling thread has its own; each direction alone. Throws core::Error.
HostRates host_rates(const core::GpuStream& stream, int repetitions);

}  // namespace plumb::diag
