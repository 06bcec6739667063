// Hosts and switches of which no cable is there, or none was planned: one fault a node, not one a cable.
#pragma once

#include "topology/cable_faults.h"

namespace plumb::topology {

struct MissingNode {
  Part node = 0;
  std::vector<std::uint32_t> planned;  // its cables
  std::vector<Part> hosts;             // of a switch: those missing that lead nowhere else
  std::optional<Part> in_its_place;    // an unplanned node that is plugged into all of its ports
};

struct ExtraNode {
  Part node = 0;
  std::vector<std::uint32_t> found;  // its cables
};

struct NodeFaults {
  std::vector<MissingNode> missing;
  std::vector<ExtraNode> extra;
};

/// Takes out of `faults` those that these nodes explain.
NodeFaults take_node_faults(const Cabling& cabling, std::vector<CableFault>& faults);

}  // namespace plumb::topology
