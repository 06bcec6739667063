// How a library did what it was asked to, and what that puts on a rank's link.
#pragma once

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

/// Bytes that the busiest rank's link carries in the busier direction, over the bytes of the case (whose share in time
/// is algbw): the bus factor for rings, and what the algorithm really moves for others. Derived in docs/metrics.md.
/// None where it is not known.
std::optional<double> link_factor(const Case& one, const Method& method);

}  // namespace plumb::bench
