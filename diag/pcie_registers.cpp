#include "diag/pcie_registers.h"

#include <algorithm>

namespace plumb::diag {
namespace {

constexpr std::size_t kCapabilities = 0x34, kExtended = 0x100;
constexpr std::uint8_t kExpress = 0x10;
constexpr std::uint16_t kAcs = 0x000d;
constexpr int kMostCapabilities = 64;  // a broken chain may run in a circle

std::uint32_t word_at(std::string_view config, std::size_t at, std::size_t bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < bytes && at + i < config.size(); ++i) {
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(config[at + i])) << (8 * i);
  }
  return value;
}

/// Of a capability in the first 256 bytes; 0 for none.
std::size_t find_capability(std::string_view config, std::uint8_t id) {
  std::size_t at = word_at(config, kCapabilities, 1) & 0xfcU;
  for (int i = 0; i < kMostCapabilities && at != 0 && at + 2 <= config.size(); ++i) {
    if (word_at(config, at, 1) == id) {
      return at;
    }
    at = word_at(config, at + 1, 1) & 0xfcU;
  }
  return 0;
}

std::size_t find_extended(std::string_view config, std::uint16_t id) {
  std::size_t at = kExtended;
  for (int i = 0; i < kMostCapabilities && at >= kExtended && at + 4 <= config.size(); ++i) {
    const auto header = word_at(config, at, 4);
    if ((header & 0xffffU) == id) {
      return at;
    }
    at = header >> 20U;
  }
  return 0;
}

std::uint32_t bytes_of(std::uint32_t code) { return 128U << std::min(code & 7U, 5U); }

}  // namespace

std::optional<PcieRegisters> pcie_registers(std::string_view config) {
  const auto at = find_capability(config, kExpress);
  constexpr std::size_t kDeviceControl = 8;
  if (at == 0 || at + kDeviceControl + 2 > config.size()) {
    return std::nullopt;
  }
  const auto control = word_at(config, at + kDeviceControl, 2);
  return PcieRegisters{bytes_of(control >> 12U), bytes_of(control >> 5U), (control & 0x10U) != 0};
}

std::optional<std::uint16_t> acs_control(std::string_view config) {
  const auto at = find_extended(config, kAcs);
  if (at == 0 || at + 8 > config.size()) {
    return std::nullopt;
  }
  return static_cast<std::uint16_t>(word_at(config, at + 6, 2));
}

bool answers(std::string_view config) {
  return config.size() < 4 || !std::ranges::all_of(config.substr(0, 4), [](char c) { return c == '\xff'; });
}

}  // namespace plumb::diag
