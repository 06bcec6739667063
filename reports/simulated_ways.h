// The way that one measurement takes: hashed anew each time over all shortest ways, as ECMP does.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "reports/draws.h"
#include "topology/graph.h"

namespace plumb::reports {

class SimulatedWays {
 public:
  explicit SimulatedWays(const topology::Graph& graph);

  /// Cables between switches on the way from one switch to another, each node handing on evenly; false when there is
  /// no way. The answer stays good until the next call.
  bool draw(topology::NodeIndex from, topology::NodeIndex to, Draws& draws);
  /// Cables that carry nothing: ways are drawn again until they have none, if there is such a way.
  void avoid(std::set<topology::LinkIndex> dead) { dead_ = std::move(dead); }
  [[nodiscard]] const std::vector<topology::LinkIndex>& cables() const { return cables_; }

 private:
  using Distances = std::vector<std::uint8_t>;  // by number in the plane
  static constexpr std::uint8_t kFar = 0xff;

  bool draw_once(topology::NodeIndex from, topology::NodeIndex to, Draws& draws);
  void number_planes();
  const Distances& distances_to(topology::NodeIndex to);

  const topology::Graph& graph_;
  std::vector<std::uint32_t> plane_, number_;  // by node: which switches reach each other, and a number among these
  std::vector<std::uint32_t> plane_size_;
  std::vector<std::uint64_t> first_;  // by node: of hops_
  std::vector<topology::Hop> hops_;   // between switches
  std::vector<Distances> known_;      // by node; empty: not yet asked for
  std::vector<topology::LinkIndex> cables_;
  std::set<topology::LinkIndex> dead_;
  std::vector<topology::NodeIndex> frontier_, next_;
};

}  // namespace plumb::reports
