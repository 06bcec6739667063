// How a library did what it was asked to, and what that puts on a rank's link.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bench/case.h"

namespace plumb::bench {

/// What is not known is empty, or 0. Names as in docs/metrics.md: "ring", "nvls"; protocols "LL", "LL128", "SIMPLE".
struct Method {
  std::string algorithm, protocol;
  int channels = 0;
  friend bool operator==(const Method&, const Method&) = default;
};

/// What one channel of NCCL (a block of its kernel, with a way of its own through the fabric) did in one call, by the
/// clock of this rank's GPU, from the first channel's start on.
struct ChannelTime {
  int channel = 0;
  std::int64_t start_ns = 0, stop_ns = 0;
  friend bool operator==(const ChannelTime&, const ChannelTime&) = default;
};

/// Bytes that the busiest rank's link carries in the busier direction, over the bytes of the case (whose share in time
/// is algbw): the bus factor for rings, and what the algorithm really moves for others. Derived in docs/metrics.md.
/// None where it is not known.
std::optional<double> link_factor(const Case& one, const Method& method);

}  // namespace plumb::bench
