#include "topology/ib_words.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace plumb::topology {
namespace {

using MaskWord = std::pair<std::uint64_t, std::string_view>;

// The best first.
constexpr std::array<MaskWord, 5> kWidths{{{8, "12x"}, {4, "8x"}, {2, "4x"}, {16, "2x"}, {1, "1x"}}};
constexpr std::array<MaskWord, 9> kSpeeds{{{1U << 12, "XDR"},
                                           {1U << 11, "NDR"},
                                           {1U << 10, "HDR"},
                                           {1U << 9, "EDR"},
                                           {1U << 8, "FDR"},
                                           {1U << 16, "FDR10"},
                                           {1U << 2, "QDR"},
                                           {1U << 1, "DDR"},
                                           {1U << 0, "SDR"}}};
// Nominal or as signalled.
constexpr std::array<std::pair<double, std::string_view>, 13> kLanes{{{2.5, "SDR"},
                                                                      {5, "DDR"},
                                                                      {10, "QDR"},
                                                                      {14, "FDR"},
                                                                      {14.0625, "FDR"},
                                                                      {25, "EDR"},
                                                                      {25.78125, "EDR"},
                                                                      {50, "HDR"},
                                                                      {53.125, "HDR"},
                                                                      {100, "NDR"},
                                                                      {106.25, "NDR"},
                                                                      {200, "XDR"},
                                                                      {212.5, "XDR"}}};
constexpr std::array<std::string_view, 5> kStates{"", "down", "initialize", "armed", "active"};

template <std::size_t kSize>
std::string_view best(const std::array<MaskWord, kSize>& words, std::uint64_t mask) {
  const auto found = std::ranges::find_if(words, [&](const MaskWord& one) { return (mask & one.first) != 0; });
  return found == words.end() ? std::string_view() : found->second;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_letters(std::string_view one, std::string_view other) {
  return std::ranges::equal(one, other, {}, lower, lower);
}

}  // namespace

std::string_view ib_width(std::uint64_t mask) { return best(kWidths, mask); }

std::string_view ib_width_word(std::string_view text) {
  const auto found = std::ranges::find_if(kWidths, [&](const auto& one) { return same_letters(one.second, text); });
  return found == kWidths.end() ? std::string_view() : found->second;
}

std::string_view ib_speed(std::uint64_t mask) { return best(kSpeeds, mask); }

std::string_view ib_speed_of_lane(std::string_view gbits) {
  constexpr double kRounding = 1e-3;
  if (same_letters(gbits, "FDR10")) {
    return "FDR10";
  }
  double rate = 0;
  const auto [end, error] = std::from_chars(gbits.data(), gbits.data() + gbits.size(), rate);
  if (error != std::errc() || end != gbits.data() + gbits.size()) {
    return "";
  }
  const auto found =
      std::ranges::find_if(kLanes, [&](const auto& one) { return std::abs(one.first - rate) < kRounding; });
  return found == kLanes.end() ? std::string_view() : found->second;
}

std::string_view ib_state(std::uint64_t number) { return number < kStates.size() ? kStates[number] : ""; }

std::string_view ib_state_word(std::string_view text) {
  constexpr std::size_t kEnough = 3;  // "Act", "ACT", "INI"
  const auto found = std::ranges::find_if(kStates, [&](std::string_view state) {
    return text.size() >= kEnough && text.size() <= state.size() && same_letters(state.substr(0, text.size()), text);
  });
  return found == kStates.end() ? std::string_view() : *found;
}

}  // namespace plumb::topology
