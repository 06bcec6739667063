// Which cables are as planned.
#pragma once

#include "topology/cabling.h"

namespace plumb::topology {

/// Which cables of the plan are there, by index into planned() and found(); the others are left over.
struct CableMatch {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> right;
  std::vector<std::uint32_t> planned_left, found_left;
};

/// A port counts where both sides know it; cables of which less is known take what those with more leave.
CableMatch match_cables(const Cabling& cabling);

}  // namespace plumb::topology
