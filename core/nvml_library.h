// NVIDIA's management library (libnvidia-ml.so.1), looked for when the program runs: what GPUs are, and how they do.
#pragma once

#include <array>
#include <string>

#include "core/optional_library.h"

struct nvmlDevice_st;  // the vendor's name, so that a test can hold our declarations against nvml.h

namespace plumb::core {

using NvmlDevice = nvmlDevice_st*;

inline constexpr int kNvmlSuccess = 0, kNvmlInsufficientSize = 7;
inline constexpr int kNvmlSmClock = 1, kNvmlMemoryClock = 2;
inline constexpr unsigned kNvmlMostLinks = 18;

struct NvmlPciInfo {
  std::array<char, 16> old_bus_id;
  unsigned domain, bus, device, device_id, subsystem_id;
  std::array<char, 32> bus_id;
};

/// Of an NVLink fabric; nvmlDeviceGetGpuFabricInfoV has a version before it and more behind.
struct NvmlFabricInfo {
  std::array<unsigned char, 16> cluster;
  int status;
  unsigned clique;
  unsigned char state;
};
struct NvmlFabricInfoV2 {
  unsigned version;
  NvmlFabricInfo info;
  unsigned health;
};
inline constexpr unsigned kNvmlFabricInfoV2 = sizeof(NvmlFabricInfoV2) | 2U << 24U;

/// Every call answers 0 for success. Below `uuid`, null where the library has it not.
struct NvmlFunctions {
  int (*init)() = nullptr;
  int (*shutdown)() = nullptr;
  int (*driver)(char*, unsigned) = nullptr;
  int (*count)(unsigned*) = nullptr;
  int (*device)(unsigned, NvmlDevice*) = nullptr;
  int (*pci)(NvmlDevice, NvmlPciInfo*) = nullptr;
  int (*name)(NvmlDevice, char*, unsigned) = nullptr;
  int (*serial)(NvmlDevice, char*, unsigned) = nullptr;
  int (*uuid)(NvmlDevice, char*, unsigned) = nullptr;
  int (*vbios)(NvmlDevice, char*, unsigned) = nullptr;
  int (*link_state)(NvmlDevice, unsigned, unsigned*) = nullptr;
  int (*link_peer)(NvmlDevice, unsigned, NvmlPciInfo*) = nullptr;
  int (*link_peer_kind)(NvmlDevice, unsigned, int*) = nullptr;
  int (*link_errors)(NvmlDevice, unsigned, int, unsigned long long*) = nullptr;
  int (*fabric)(NvmlDevice, NvmlFabricInfo*) = nullptr;
  int (*fabric_v)(NvmlDevice, NvmlFabricInfoV2*) = nullptr;
  int (*clock_MHz)(NvmlDevice, int, unsigned*) = nullptr;
  int (*max_clock_MHz)(NvmlDevice, int, unsigned*) = nullptr;
  int (*temperature_C)(NvmlDevice, int, unsigned*) = nullptr;
  int (*power_mW)(NvmlDevice, unsigned*) = nullptr;
  int (*power_limit_mW)(NvmlDevice, unsigned*) = nullptr;
  int (*throttle_reasons)(NvmlDevice, unsigned long long*) = nullptr;
  int (*ecc_errors)(NvmlDevice, int, int, unsigned long long*) = nullptr;
  int (*remapped_rows)(NvmlDevice, unsigned*, unsigned*, unsigned*, unsigned*) = nullptr;
  int (*retired_pages)(NvmlDevice, int, unsigned*, unsigned long long*) = nullptr;
  int (*pcie_generation)(NvmlDevice, unsigned*) = nullptr;
  int (*pcie_width)(NvmlDevice, unsigned*) = nullptr;
  int (*max_pcie_generation)(NvmlDevice, unsigned*) = nullptr;
  int (*max_pcie_width)(NvmlDevice, unsigned*) = nullptr;
  int (*pcie_replays)(NvmlDevice, unsigned*) = nullptr;
};

/// Loaded and initialised until it goes, or absent with the reason.
class NvmlLibrary {
 public:
  explicit NvmlLibrary(const std::string& file = "libnvidia-ml.so.1");
  ~NvmlLibrary();
  NvmlLibrary(const NvmlLibrary&) = delete;
  NvmlLibrary& operator=(const NvmlLibrary&) = delete;

  [[nodiscard]] const std::string& why_absent() const { return why_absent_; }
  /// Of the driver; empty when absent.
  [[nodiscard]] const std::string& driver() const { return driver_; }
  /// The functions. Only when present.
  const NvmlFunctions* operator->() const { return &functions_; }

 private:
  OptionalLibrary library_;
  NvmlFunctions functions_;
  std::string why_absent_, driver_;
};

/// "0000:17:00.0", as sysfs writes it.
std::string address_of(const NvmlPciInfo& info);

}  // namespace plumb::core
