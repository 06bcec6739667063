// Where the ends of measurements stand on the map: hosts at leaves, leaves in pods.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "reports/evidence.h"
#include "topology/graph.h"

namespace plumb::reports {

/// Where the ends of measurements stand on the map.
struct Places {
  static constexpr std::uint32_t kNowhere = 0xffffffff;
  struct Leaf {
    topology::NodeIndex node = 0;
    std::uint32_t pod = 0;
  };
  /// The NICs of a host that have a cable, by rail; the host itself where it has the cable.
  struct Host {
    topology::NodeIndex node = 0;
    std::vector<topology::NodeIndex> ends;
    std::vector<std::uint32_t> leaves;  // of each end
  };
  std::vector<std::string_view> pods;
  std::vector<Leaf> leaves;            // those with hosts, by pod, then name
  std::vector<Host> hosts;             // those with cables, by name
  std::vector<std::uint32_t> leaf_of;  // by node; kNowhere for what is no end
  std::vector<std::uint32_t> end_of;   // by index in Evidence::endpoints: a node, or kNowhere

  /// Of an index in Evidence::endpoints; kNowhere where its end is not known.
  [[nodiscard]] std::uint32_t leaf_of_endpoint(std::uint32_t endpoint) const {
    const auto end = end_of[endpoint];
    return end == kNowhere ? kNowhere : leaf_of[end];
  }
};

Places places_of(const Evidence& evidence, const topology::Graph& graph);

}  // namespace plumb::reports
