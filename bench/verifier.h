// Is the data right? Exact, and the first wrong element is named.
#pragma once

#include <cstdint>
#include <string>

#include "bench/backend.h"
#include "bench/ranks.h"

namespace plumb::bench {

struct Verification {
  bool checked = false;
  std::int64_t wrong = 0;   // elements, over all ranks
  std::string first_wrong;  // "rank 2 (host n03): element 17 from rank 0 is 0x41, expected 0x40"
};

/// A wrong element planted on purpose, to show that the check can fail.
struct PlantedError {
  int rank = -1;  // -1: none
  std::int64_t element = 0;
};

/// Fills the input, runs the operation once, compares what came out. Not timed. Called by all ranks.
Verification verify(Operation& operation, const Case& one, const Ranks& ranks, std::uint64_t seed,
                    const PlantedError& planted = {});

}  // namespace plumb::bench
