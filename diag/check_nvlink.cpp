#include <fmt/format.h>

#include <map>
#include <sstream>

#include "core/nvml_library.h"
#include "diag/node_check_table.h"

namespace plumb::diag {
namespace {

/// A line a GPU: address, links up, links that exist.
std::optional<std::string> ask_nvml() {
  const core::NvmlLibrary nvml;
  unsigned count = 0;
  if (!nvml.why_absent().empty() || nvml->count(&count) != core::kNvmlSuccess) {
    return std::nullopt;
  }
  std::string lines;
  for (unsigned i = 0; i < count; ++i) {
    core::NvmlDevice gpu = nullptr;
    core::NvmlPciInfo pci{};
    if (nvml->device(i, &gpu) != core::kNvmlSuccess || nvml->pci(gpu, &pci) != core::kNvmlSuccess) {
      continue;
    }
    unsigned up = 0, known = 0;
    for (unsigned link = 0; link < core::kNvmlMostLinks; ++link) {
      unsigned is_up = 0;
      if (nvml->link_state(gpu, link, &is_up) == core::kNvmlSuccess) {
        ++known;
        up += is_up;
      }
    }
    lines += fmt::format("{} {} {}\n", core::address_of(pci), up, known);
  }
  return lines;
}

}  // namespace

void look_at_nvlinks(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  if (machine.gpus.empty()) {
    return;
  }
  const auto told = machine.tree->answer("nvlinks", ask_nvml);
  if (!told) {
    rows.absent(machine.host_id(), "NVML (libnvidia-ml.so.1) is not there to ask for NVLinks");
    return;
  }
  std::istringstream lines(*told);
  std::string address;
  unsigned up = 0, known = 0, sum = 0;
  while (lines >> address >> up >> known) {
    const auto device = machine.pci.find(address);
    sum += up;
    if (up < known && device != machine.pci.end()) {
      rows.fail(machine.gpu_id(device->second), fmt::format("{} of {} NVLinks are up ({})", up, known, address),
                "all of them", "reset GPU and NVSwitches; look for XID 74 and SXids; reseat the GPU or its board");
    }
  }
  if (sum > 0) {
    rows.pass_unless_told(fmt::format("{} NVLinks are up", sum));
  }
}

}  // namespace plumb::diag
