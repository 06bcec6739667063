#include "bench/element_type.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "bench/float8.h"
#include "core/error.h"

namespace plumb::bench {
namespace {

struct TypeEntry {
  std::string_view name;
  std::size_t size;
};

constexpr std::array<TypeEntry, 12> kTypes = {{{"int8", 1},
                                               {"uint8", 1},
                                               {"int32", 4},
                                               {"uint32", 4},
                                               {"int64", 8},
                                               {"uint64", 8},
                                               {"half", 2},
                                               {"float", 4},
                                               {"double", 8},
                                               {"bfloat16", 2},
                                               {"f8e4m3", 1},
                                               {"f8e5m2", 1}}};
constexpr std::array<std::string_view, 6> kOps = {"sum", "prod", "min", "max", "avg", "mulsum"};

template <class Value>
void store(std::byte* destination, Value value) {
  std::memcpy(destination, &value, sizeof value);
}

template <class Value>
Value load(const std::byte* source) {
  Value value;
  std::memcpy(&value, source, sizeof value);
  return value;
}

template <class Enum, std::size_t kCount>
std::vector<Enum> parse_names(std::string_view text, const Enum (&all)[kCount], const char* what) {
  std::vector<Enum> found;
  std::vector<std::string_view> names;
  for (const Enum one : all) {
    names.push_back(name_of(one));
    if (text == "all" || text == names.back()) {
      found.push_back(one);
    }
  }
  if (found.empty()) {
    throw core::UsageError(fmt::format("'{}' is not a {}; use all or one of {}", text, what, fmt::join(names, ", ")));
  }
  return found;
}

std::uint32_t round_to_even(std::uint32_t mantissa, int drop) {
  if (drop >= 32) {
    return 0;
  }
  const std::uint32_t kept = mantissa >> drop;
  const std::uint32_t rest = mantissa & ((1U << drop) - 1);
  const std::uint32_t half = 1U << (drop - 1);
  return kept + (rest > half || (rest == half && (kept & 1U) != 0) ? 1 : 0);
}

}  // namespace

std::string_view name_of(ElementType type) { return kTypes[static_cast<std::size_t>(type)].name; }
std::string_view name_of(ReduceOp op) { return kOps[static_cast<std::size_t>(op)]; }
std::size_t size_of(ElementType type) { return kTypes[static_cast<std::size_t>(type)].size; }

std::vector<ElementType> parse_element_types(std::string_view text) {
  return parse_names(text, kElementTypes, "data type");
}

std::vector<ReduceOp> parse_reduce_ops(std::string_view text) {
  return parse_names(text, kReduceOps, "reduction operation");
}

float half_to_float(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const int mantissa = bits & 1023;
  const float sign = (bits & 0x8000) != 0 ? -1.0F : 1.0F;
  if (exponent == 31) {
    return mantissa == 0 ? sign * INFINITY : NAN;
  }
  return exponent == 0 ? sign * std::ldexp(static_cast<float>(mantissa), -24)
                       : sign * std::ldexp(static_cast<float>(mantissa + 1024), exponent - 25);
}

std::uint16_t float_to_half(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000U;
  const int exponent = static_cast<int>((bits >> 23) & 255U) - 127;
  const std::uint32_t mantissa = bits & 0x7fffffU;
  if (exponent == 128) {  // infinity or NaN
    return static_cast<std::uint16_t>(sign | 0x7c00U | (mantissa != 0 ? 0x200U : 0));
  }
  if (exponent > 15) {
    return static_cast<std::uint16_t>(sign | 0x7c00U);
  }
  if (exponent < -14) {  // subnormal or zero
    const int drop = 13 + (-14 - exponent);
    return static_cast<std::uint16_t>(sign | (exponent < -25 ? 0 : round_to_even(mantissa | 0x800000U, drop)));
  }
  const auto biased = static_cast<std::uint32_t>(exponent + 15) << 10;
  return static_cast<std::uint16_t>(sign | (biased + round_to_even(mantissa, 13)));  // a carry moves to the exponent
}

float bfloat16_to_float(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

std::uint16_t float_to_bfloat16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) {
    return static_cast<std::uint16_t>((bits >> 16) | 0x40U);
  }
  return static_cast<std::uint16_t>(round_to_even(bits, 16));
}

void store_element(ElementType type, double value, std::byte* destination) {
  switch (type) {
    case ElementType::int8:
      return store(destination, static_cast<std::int8_t>(value));
    case ElementType::uint8:
      return store(destination, static_cast<std::uint8_t>(value));
    case ElementType::int32:
      return store(destination, static_cast<std::int32_t>(value));
    case ElementType::uint32:
      return store(destination, static_cast<std::uint32_t>(value));
    case ElementType::int64:
      return store(destination, static_cast<std::int64_t>(value));
    case ElementType::uint64:
      return store(destination, static_cast<std::uint64_t>(value));
    case ElementType::half:
      return store(destination, float_to_half(static_cast<float>(value)));
    case ElementType::float32:
      return store(destination, static_cast<float>(value));
    case ElementType::float64:
      return store(destination, value);
    case ElementType::bfloat16:
      return store(destination, float_to_bfloat16(static_cast<float>(value)));
    case ElementType::e4m3:
      return store(destination, float_to_e4m3(static_cast<float>(value)));
    case ElementType::e5m2:
      return store(destination, float_to_e5m2(static_cast<float>(value)));
  }
}

double load_element(ElementType type, const std::byte* source) {
  switch (type) {
    case ElementType::int8:
      return load<std::int8_t>(source);
    case ElementType::uint8:
      return load<std::uint8_t>(source);
    case ElementType::int32:
      return load<std::int32_t>(source);
    case ElementType::uint32:
      return load<std::uint32_t>(source);
    case ElementType::int64:
      return static_cast<double>(load<std::int64_t>(source));
    case ElementType::uint64:
      return static_cast<double>(load<std::uint64_t>(source));
    case ElementType::half:
      return half_to_float(load<std::uint16_t>(source));
    case ElementType::float32:
      return load<float>(source);
    case ElementType::float64:
      return load<double>(source);
    case ElementType::bfloat16:
      return bfloat16_to_float(load<std::uint16_t>(source));
    case ElementType::e4m3:
      return e4m3_to_float(load<std::uint8_t>(source));
    case ElementType::e5m2:
      return e5m2_to_float(load<std::uint8_t>(source));
  }
  return NAN;
}

double divide_as(ElementType type, double sum, int ranks) {
  switch (type) {
    case ElementType::float64:
      return sum / ranks;
    case ElementType::half:
    case ElementType::float32:
    case ElementType::bfloat16:
      return static_cast<float>(sum) / static_cast<float>(ranks);
    case ElementType::e4m3:
      return sum * e4m3_to_float(float_to_e4m3(1.0F / static_cast<float>(ranks)));
    case ElementType::e5m2:
      return sum * e5m2_to_float(float_to_e5m2(1.0F / static_cast<float>(ranks)));
    default:
      return std::trunc(sum / ranks);
  }
}

void divide_elements(ElementType type, std::span<std::byte> elements, int ranks) {
  const std::size_t size = size_of(type);
  for (std::size_t at = 0; at + size <= elements.size(); at += size) {
    store_element(type, divide_as(type, load_element(type, &elements[at]), ranks), &elements[at]);
  }
}

}  // namespace plumb::bench
