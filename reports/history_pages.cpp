#include "reports/history_pages.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace plumb::reports {
namespace {

constexpr std::size_t kValueBytes = 10, kNumberBytes = 2;

std::uint16_t in_16_bits(double number) {
  return static_cast<std::uint16_t>(std::lround(std::clamp(number, 0.0, 65535.0)));
}

template <class Number>
void put(std::string& bytes, Number number) {
  for (std::size_t i = 0; i < sizeof number; ++i) {
    bytes += static_cast<char>(number >> (8 * i) & 0xffU);
  }
}

template <class Number>
Number take(const char* bytes) {
  Number number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i) {
    number = static_cast<Number>(number | static_cast<Number>(static_cast<unsigned char>(bytes[i])) << (8 * i));
  }
  return number;
}

}  // namespace

StoredValue stored(double ratio, double level, double rate, std::uint32_t measurements) {
  StoredValue value;
  value.ratio_e4 = in_16_bits(ratio * 1e4);
  value.level_e4 = std::max<std::uint16_t>(1, in_16_bits(level * 1e4));
  value.measurements = in_16_bits(measurements);
  value.rate = static_cast<float>(rate);
  return value;
}

std::string packed(std::span<const StoredValue> values) {
  std::string bytes;
  bytes.reserve(values.size() * kValueBytes);
  for (const auto& value : values) {
    put(bytes, value.ratio_e4);
    put(bytes, value.level_e4);
    put(bytes, value.measurements);
    put(bytes, std::bit_cast<std::uint32_t>(value.rate));
  }
  return bytes;
}

bool unpack(std::string_view bytes, std::vector<StoredValue>& values) {
  for (std::size_t at = 0; at + kValueBytes <= bytes.size(); at += kValueBytes) {
    const char* const from = bytes.data() + at;
    values.push_back({take<std::uint16_t>(from), take<std::uint16_t>(from + 2), take<std::uint16_t>(from + 4),
                      std::bit_cast<float>(take<std::uint32_t>(from + 6))});
  }
  return bytes.size() % kValueBytes == 0;
}

std::string packed(std::span<const std::uint16_t> numbers) {
  std::string bytes;
  for (const auto number : numbers) {
    put(bytes, number);
  }
  return bytes;
}

bool unpack(std::string_view bytes, std::vector<std::uint16_t>& numbers) {
  for (std::size_t at = 0; at + kNumberBytes <= bytes.size(); at += kNumberBytes) {
    numbers.push_back(take<std::uint16_t>(bytes.data() + at));
  }
  return bytes.size() % kNumberBytes == 0;
}

}  // namespace plumb::reports
