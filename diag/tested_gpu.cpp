#include "diag/tested_gpu.h"

#include <fmt/format.h>

#include "core/gpu_number.h"
#include "diag/node_tree.h"

namespace plumb::diag {

GpuPulse pulse_of(const core::NvmlLibrary& nvml, const TestedGpu& gpu) {
  return gpu.device ? read_pulse(nvml, *gpu.device) : GpuPulse{};
}

std::vector<TestedGpu> open_gpus(const core::CudaLibrary& cuda, const core::NvmlLibrary& nvml,
                                 const std::string& host) {
  std::vector<TestedGpu> gpus;
  for (int ordinal = 0; ordinal < cuda.device_count(); ++ordinal) {
    TestedGpu one;
    one.gpu = std::make_unique<core::Gpu>(cuda, ordinal);
    one.stream = std::make_unique<core::GpuStream>(*one.gpu);
    const auto pci = one.gpu->pci();
    one.id = fmt::format("gpu/{}/{}", host, core::gpu_number(pci).value_or(ordinal));
    one.numa_node =
        static_cast<int>(NodeTree().number(fmt::format("/sys/bus/pci/devices/{}/numa_node", pci)).value_or(-1));
    one.device = find_device(nvml, pci);
    if (one.device) {
      one.at_rest = read_pulse(nvml, *one.device);
      one.before = read_condition(nvml, *one.device);
    }
    gpus.push_back(std::move(one));
  }
  return gpus;
}

}  // namespace plumb::diag
