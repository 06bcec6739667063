// Where ends sit on a map, as matchings need it.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "topology/graph.h"
#include "topology/matchings.h"

namespace plumb::topology {

/// Numbers pods as they are met.
class EndPlaces {
 public:
  /// Keeps a reference.
  explicit EndPlaces(const Graph& graph) : graph_(graph) {}

  /// Of a NIC or host, by its cable to a leaf. The pod is that of the leaf, or else its own.
  EndPlace of(NodeIndex end, const Hop& to_leaf);

 private:
  const Graph& graph_;
  std::unordered_map<std::string_view, std::uint32_t> pods_;
};

}  // namespace plumb::topology
