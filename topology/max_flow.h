// The most that can flow through a network of cables.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace plumb::topology {

/// A cable, or several between the same nodes: each direction carries `capacity` at once.
struct FlowCable {
  std::uint32_t a = 0, b = 0;
  double capacity = 0;
};

/// A node from which, or to which, so much may flow at most.
struct FlowEnd {
  std::uint32_t node = 0;
  double capacity = 0;
};

/// From all sources to all sinks, nodes counted from 0; capacities are rounded to whole numbers.
double max_flow(std::uint32_t nodes, std::span<const FlowCable> cables, std::span<const FlowEnd> sources,
                std::span<const FlowEnd> sinks);

}  // namespace plumb::topology
