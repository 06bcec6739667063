// Eight-bit floating point: the formats of the OCP 8-bit Floating Point Specification (OFP8), as GPUs and NCCL have
// them.
#pragma once

#include <cstdint>

namespace plumb::bench {

/// E4M3: 4 bits of exponent (bias 7), 3 of mantissa; up to 448; no infinities, NaN is S.1111.111.
float e4m3_to_float(std::uint8_t bits);
/// E5M2: 5 bits of exponent (bias 15), 2 of mantissa, as the upper half of an IEEE half; up to 57344.
float e5m2_to_float(std::uint8_t bits);

/// To nearest even; what is too large becomes the largest number (CUDA's __NV_SATFINITE).
std::uint8_t float_to_e4m3(float value);
std::uint8_t float_to_e5m2(float value);

}  // namespace plumb::bench
