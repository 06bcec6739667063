// PCI Express registers in the configuration space of a device, as sysfs gives it (root sees 4096 bytes, others 64).
// Offsets: PCI Express Base Specification 5.0, sections 7.5.3 (capability 0x10) and 7.7.8 (ACS, extended 0x000D).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace plumb::diag {

struct PcieRegisters {
  std::uint32_t max_read_request_bytes = 0, max_payload_bytes = 0;
  bool relaxed_ordering = false;
};

/// Of the PCI Express capability; nothing when `config` does not reach it.
std::optional<PcieRegisters> pcie_registers(std::string_view config);

/// The Access Control Services control word; nothing when the device has none or `config` does not reach it.
std::optional<std::uint16_t> acs_control(std::string_view config);
/// Bits that send peer-to-peer traffic up to the root complex: request redirect, completion redirect, upstream
/// forwarding.
inline constexpr std::uint16_t kAcsRedirects = 0x4 | 0x8 | 0x10;

/// A device that does not answer reads as all ones.
bool answers(std::string_view config);

}  // namespace plumb::diag
