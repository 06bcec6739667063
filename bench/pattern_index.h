// Where an element of a Pattern stands in its period: one formula for the host and for the GPU's kernels.
#pragma once

#include <cstdint>

#ifdef __CUDACC__
#define PLUMB_ON_GPU_TOO __host__ __device__
#else
#define PLUMB_ON_GPU_TOO
#endif

namespace plumb::bench {

/// Elements in one period: a prime, and each period starts rotated, so that a shift by any block size shows.
inline constexpr std::int64_t kPatternPeriod = 1021;
inline constexpr std::int64_t kPatternRotation = 389;  // elements by which each further period is rotated

/// In [0, kPatternPeriod). Elements of one period follow each other, in a table that holds it twice.
PLUMB_ON_GPU_TOO constexpr std::int64_t period_start(std::int64_t element) {
  return element / kPatternPeriod * kPatternRotation % kPatternPeriod;
}
PLUMB_ON_GPU_TOO constexpr std::int64_t place_in_table(std::int64_t element) {
  return (element % kPatternPeriod + period_start(element)) % kPatternPeriod;
}

}  // namespace plumb::bench
