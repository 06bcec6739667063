// What a completion tells of the request it belongs to, in the 64 bits that the library hands back.
#pragma once

#include <cstdint>

namespace plumb::bench {

struct WorkId {
  enum class Kind : std::uint8_t { control_send, control_receive, data_send, data_receive };
  static constexpr std::uint32_t kNumberMask = (1U << 24U) - 1;

  Kind kind = Kind::control_send;
  std::uint32_t lane = 0;        // of data, 6 bits
  std::uint32_t connection = 0;  // 12 bits: late completions of an earlier connection to the same peer are told apart
  std::uint32_t peer = 0;        // 20 bits
  std::uint32_t number = 0;      // 24 bits; of a request, a message or a slot

  [[nodiscard]] std::uint64_t packed() const {
    return std::uint64_t(kind) << 62U | std::uint64_t(lane) << 56U | std::uint64_t(connection & 0xfffU) << 44U |
           std::uint64_t(peer & 0xfffffU) << 24U | (number & kNumberMask);
  }
  static WorkId of(std::uint64_t packed) {
    return {static_cast<Kind>(packed >> 62U), static_cast<std::uint32_t>(packed >> 56U & 0x3fU),
            static_cast<std::uint32_t>(packed >> 44U & 0xfffU), static_cast<std::uint32_t>(packed >> 24U & 0xfffffU),
            static_cast<std::uint32_t>(packed & kNumberMask)};
  }
  /// The full number near `first`, of which `number` has the low bits.
  [[nodiscard]] std::uint64_t number_from(std::uint64_t first) const {
    return first + ((number - static_cast<std::uint32_t>(first)) & kNumberMask);
  }
};

}  // namespace plumb::bench
