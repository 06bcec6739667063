#include "bench/float8.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <ostream>

#include "tests/bench/float8_values.h"

#if __has_include(<cuda_fp8.h>)
#include <cuda_fp8.h>
#define PLUMB_HAS_CUDA_FP8 1
#endif

namespace plumb::bench {
namespace {

struct Format {
  const char* name;
  float (*decode)(std::uint8_t);
  std::uint8_t (*encode)(float);
  const double (&values)[128];
  unsigned largest;
};

void PrintTo(const Format& format, std::ostream* out) { *out << format.name; }

const Format kFormats[] = {{"e4m3", e4m3_to_float, float_to_e4m3, test::kE4m3Values, 0x7e},
                           {"e5m2", e5m2_to_float, float_to_e5m2, test::kE5m2Values, 0x7b}};

class Float8 : public testing::TestWithParam<Format> {};

TEST_P(Float8, All256BitPatternsHaveTheValuesOfTheStandard) {
  for (unsigned bits = 0; bits < 256; ++bits) {
    const double magnitude = GetParam().values[bits & 0x7fU];
    const float value = GetParam().decode(static_cast<std::uint8_t>(bits));
    if (std::isnan(magnitude)) {
      EXPECT_TRUE(std::isnan(value)) << bits;
    } else {
      EXPECT_EQ(value, bits < 128 ? magnitude : -magnitude) << bits;
      EXPECT_EQ(std::signbit(value), bits >= 128) << bits;
    }
  }
}

TEST_P(Float8, EveryNumberSurvivesARoundTrip) {
  for (unsigned bits = 0; bits < 256; ++bits) {
    if ((bits & 0x7fU) <= GetParam().largest) {
      EXPECT_EQ(GetParam().encode(GetParam().decode(static_cast<std::uint8_t>(bits))), bits);
    }
  }
}

TEST_P(Float8, BetweenTwoNumbersTheNearerIsTakenAndOfEquallyNearTheEven) {
  const auto& format = GetParam();
  for (unsigned bits = 0; bits < format.largest; ++bits) {
    const auto low = static_cast<float>(format.values[bits]), high = static_cast<float>(format.values[bits + 1]);
    const float middle = low + (high - low) / 2;
    EXPECT_EQ(format.encode(middle), bits % 2 == 0 ? bits : bits + 1) << bits;
    EXPECT_EQ(format.encode(std::nextafterf(middle, low)), bits) << bits;
    EXPECT_EQ(format.encode(std::nextafterf(middle, high)), bits + 1) << bits;
    EXPECT_EQ(format.encode(-middle), 0x80U + (bits % 2 == 0 ? bits : bits + 1)) << bits;
  }
}

TEST_P(Float8, WhatIsTooLargeIsTheLargestAndNaNStaysNaN) {
  for (const float large : {1e6F, 3e38F, INFINITY}) {
    EXPECT_EQ(GetParam().encode(large), GetParam().largest);
    EXPECT_EQ(GetParam().encode(-large), 0x80U + GetParam().largest);
  }
  EXPECT_TRUE(std::isnan(GetParam().decode(GetParam().encode(NAN))));
  EXPECT_EQ(GetParam().encode(1e-30F), 0);
}

INSTANTIATE_TEST_SUITE_P(Both, Float8, testing::ValuesIn(kFormats), [](const auto& one) { return one.param.name; });

#ifdef PLUMB_HAS_CUDA_FP8
/// The vendor's own conversions on the host.
TEST(Float8OfCuda, AgreesOnManyFloats) {
  for (std::uint32_t i = 0; i < (1U << 20U); ++i) {
    const auto value = std::bit_cast<float>(i << 12U);  // all exponents and signs, 11 bits of mantissa
    if (!std::isnan(value)) {
      ASSERT_EQ(float_to_e4m3(value), __nv_cvt_float_to_fp8(value, __NV_SATFINITE, __NV_E4M3)) << value;
      ASSERT_EQ(float_to_e5m2(value), __nv_cvt_float_to_fp8(value, __NV_SATFINITE, __NV_E5M2)) << value;
    }
  }
}
#endif

}  // namespace
}  // namespace plumb::bench
