#include "core/nvml_library.h"

#include <fmt/format.h>

namespace plumb::core {
namespace {

void load_identity(OptionalLibrary& library, NvmlFunctions& f) {
  library.require(f.init, "nvmlInit_v2");
  library.require(f.shutdown, "nvmlShutdown");
  library.require(f.driver, "nvmlSystemGetDriverVersion");
  library.require(f.count, "nvmlDeviceGetCount_v2");
  library.require(f.device, "nvmlDeviceGetHandleByIndex_v2");
  library.require(f.pci, "nvmlDeviceGetPciInfo_v3");
  library.require(f.name, "nvmlDeviceGetName");
  library.require(f.serial, "nvmlDeviceGetSerial");
  library.require(f.uuid, "nvmlDeviceGetUUID");
  library.want(f.vbios, "nvmlDeviceGetVbiosVersion");
}

void load_links(OptionalLibrary& library, NvmlFunctions& f) {
  library.want(f.link_state, "nvmlDeviceGetNvLinkState");
  library.want(f.link_peer, "nvmlDeviceGetNvLinkRemotePciInfo_v2");
  library.want(f.link_peer_kind, "nvmlDeviceGetNvLinkRemoteDeviceType");
  library.want(f.link_errors, "nvmlDeviceGetNvLinkErrorCounter");
  library.want(f.fabric, "nvmlDeviceGetGpuFabricInfo");
  library.want(f.fabric_v, "nvmlDeviceGetGpuFabricInfoV");
  library.want(f.pcie_generation, "nvmlDeviceGetCurrPcieLinkGeneration");
  library.want(f.pcie_width, "nvmlDeviceGetCurrPcieLinkWidth");
  library.want(f.max_pcie_generation, "nvmlDeviceGetMaxPcieLinkGeneration");
  library.want(f.max_pcie_width, "nvmlDeviceGetMaxPcieLinkWidth");
  library.want(f.pcie_replays, "nvmlDeviceGetPcieReplayCounter");
}

void load_state(OptionalLibrary& library, NvmlFunctions& f) {
  library.want(f.clock_MHz, "nvmlDeviceGetClockInfo");
  library.want(f.max_clock_MHz, "nvmlDeviceGetMaxClockInfo");
  library.want(f.temperature_C, "nvmlDeviceGetTemperature");
  library.want(f.power_mW, "nvmlDeviceGetPowerUsage");
  library.want(f.power_limit_mW, "nvmlDeviceGetEnforcedPowerLimit");
  library.want(f.throttle_reasons, "nvmlDeviceGetCurrentClocksEventReasons");  // its newer name
  if (f.throttle_reasons == nullptr) {
    library.want(f.throttle_reasons, "nvmlDeviceGetCurrentClocksThrottleReasons");
  }
  library.want(f.ecc_errors, "nvmlDeviceGetTotalEccErrors");
  library.want(f.remapped_rows, "nvmlDeviceGetRemappedRows");
  library.want(f.retired_pages, "nvmlDeviceGetRetiredPages");
}

}  // namespace

NvmlLibrary::NvmlLibrary(const std::string& file) : library_(file) {
  load_identity(library_, functions_);
  load_links(library_, functions_);
  load_state(library_, functions_);
  why_absent_ = library_.why_absent();
  if (!why_absent_.empty()) {
    return;
  }
  if (const int code = functions_.init(); code != kNvmlSuccess) {
    why_absent_ = fmt::format("nvmlInit_v2 answers {}: no driver, or no GPU", code);
    return;
  }
  std::array<char, 97> text{};
  driver_ = functions_.driver(text.data(), static_cast<unsigned>(text.size() - 1)) == kNvmlSuccess ? text.data() : "";
}

NvmlLibrary::~NvmlLibrary() {
  if (why_absent_.empty()) {
    functions_.shutdown();
  }
}

std::string address_of(const NvmlPciInfo& info) {
  return fmt::format("{:04x}:{:02x}:{:02x}.0", info.domain, info.bus, info.device);
}

}  // namespace plumb::core
