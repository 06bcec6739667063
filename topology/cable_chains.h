// Cables that are not as planned, in the order in which they share sockets.
#pragma once

#include "topology/cabling.h"

namespace plumb::topology {

/// A cable on the way along a chain.
struct ChainStep {
  bool is_planned;
  std::uint32_t cable;  // of cabling.planned() or cabling.found()
  Socket in, out;       // its ends: the first that the chain comes to, and the other
};

/// Planned and found cables in turn; each shares its `out` socket with the `in` of the next.
struct CableChain {
  std::vector<ChainStep> steps;
  bool is_circle = false;  // the last shares a socket with the first; it begins with a planned one
};

/// Every cable is in one chain. Where ports are not known many chains are possible: swaps of two are looked for first.
std::vector<CableChain> chains_of(const Cabling& cabling, std::vector<std::uint32_t> planned,
                                  std::vector<std::uint32_t> found);

}  // namespace plumb::topology
