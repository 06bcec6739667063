#include "bench/float8.h"

#include <algorithm>
#include <cmath>

namespace plumb::bench {
namespace {

struct Format {
  int mantissa_bits, bias;
  unsigned largest;  // bits of the largest number
  bool has_infinity;
};

constexpr Format kE4m3{3, 7, 0x7e, false};
constexpr Format kE5m2{2, 15, 0x7b, true};
constexpr unsigned kNan = 0x7f, kSign = 0x80;

/// Not of the largest exponent's special values.
float number(const Format& format, unsigned magnitude) {
  const unsigned mantissa = magnitude & ((1U << format.mantissa_bits) - 1);
  const int exponent = static_cast<int>(magnitude >> format.mantissa_bits);
  const int lowest = 1 - format.bias - format.mantissa_bits;  // of a subnormal number's last bit
  return exponent == 0 ? std::ldexp(static_cast<float>(mantissa), lowest)
                       : std::ldexp(static_cast<float>(mantissa + (1U << format.mantissa_bits)), lowest + exponent - 1);
}

float decoded(const Format& format, std::uint8_t bits) {
  const unsigned magnitude = bits & 0x7fU;
  const float sign = (bits & kSign) != 0 ? -1.0F : 1.0F;
  if (magnitude <= format.largest) {
    return sign * number(format, magnitude);
  }
  return format.has_infinity && magnitude == format.largest + 1 ? sign * INFINITY : NAN;
}

/// The value in units of its last bit, rounded, carries into the exponent as it should.
std::uint8_t encoded(const Format& format, float value) {
  const unsigned sign = std::signbit(value) ? kSign : 0;
  if (std::isnan(value)) {
    return static_cast<std::uint8_t>(sign | kNan);
  }
  int power = 0;
  (void)std::frexp(value, &power);
  const int least = 1 - format.bias;
  const int exponent = value == 0 ? least : std::max(power - 1, least);
  if (std::isinf(value) || exponent > format.bias + 1) {
    return static_cast<std::uint8_t>(sign | format.largest);
  }
  const auto units =
      static_cast<unsigned>(std::nearbyint(std::ldexp(std::fabs(value), format.mantissa_bits - exponent)));
  const auto above = static_cast<unsigned>(exponent + format.bias - 1) << format.mantissa_bits;
  return static_cast<std::uint8_t>(sign | std::min(units + above, format.largest));
}

}  // namespace

float e4m3_to_float(std::uint8_t bits) { return decoded(kE4m3, bits); }
float e5m2_to_float(std::uint8_t bits) { return decoded(kE5m2, bits); }
std::uint8_t float_to_e4m3(float value) { return encoded(kE4m3, value); }
std::uint8_t float_to_e5m2(float value) { return encoded(kE5m2, value); }

}  // namespace plumb::bench
