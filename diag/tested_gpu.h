// A GPU of this host with all that its tests need.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/gpu.h"
#include "core/nvml_library.h"
#include "diag/gpu_state.h"

namespace plumb::diag {

struct TestedGpu {
  std::string id;  // gpu/HOST/NUMBER
  std::unique_ptr<core::Gpu> gpu;
  std::unique_ptr<core::GpuStream> stream;
  std::optional<core::NvmlDevice> device;  // where NVML knows it
  int numa_node = -1;                      // -1: the firmware does not tell
  GpuPulse at_rest;                        // read before any work
  GpuCondition before;
};

/// Nothing of one that NVML does not know.
GpuPulse pulse_of(const core::NvmlLibrary& nvml, const TestedGpu& gpu);

/// Those that the driver shows, in its order. Throws core::Error.
std::vector<TestedGpu> open_gpus(const core::CudaLibrary& cuda, const core::NvmlLibrary& nvml, const std::string& host);

}  // namespace plumb::diag
