// How fast a GPU moves data: its own memory, to and from its host, to another GPU.
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

/// Page-locked memory, each direction alone. Throws core::Error.
HostRates host_rates(const core::GpuStream& stream, int repetitions);

/// From the stream's GPU to `target`, by the copy engine and directly; needs can_reach. Throws core::Error.
Rates peer_rates(const core::GpuStream& stream, const core::Gpu& target, int repetitions);
bool can_reach(const core::Gpu& source, const core::Gpu& target);

}  // namespace plumb::diag
