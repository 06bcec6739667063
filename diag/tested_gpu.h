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
  GpuCondition before;
};

/// Those that the driver shows, in its order. Throws core::Error.
std::vector<TestedGpu> open_gpus(const core::CudaLibrary& cuda, const core::NvmlLibrary& nvml, const std::string& host);

}  // namespace plumb::diag
