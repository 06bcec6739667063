// Which rails a map's leaves serve.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "topology/graph.h"

namespace plumb::topology {

/// A NIC's cable to a switch.
struct RailPlug {
  NodeIndex nic = 0, leaf = 0;
  core::Integer rail = 0;
};

class RailMap {
 public:
  explicit RailMap(const Graph& graph);

  /// Most leaves serve only some of the rails: mostly one, at most half of all.
  [[nodiscard]] bool is_rail_fabric() const { return is_rail_fabric_; }
  /// Rails that the switch is there for, in order; none where it serves too few NICs to tell, or all rails.
  [[nodiscard]] std::span<const core::Integer> rails_of(NodeIndex leaf) const { return home_[leaf]; }
  [[nodiscard]] bool serves(NodeIndex leaf, core::Integer rail) const;
  /// By host, then rail.
  [[nodiscard]] std::span<const RailPlug> plugs() const { return plugs_; }
  /// Of all NICs with a cable, in order.
  [[nodiscard]] std::span<const core::Integer> rails() const { return rails_; }

 private:
  void find_homes();

  std::vector<RailPlug> plugs_;
  std::vector<core::Integer> rails_;
  std::vector<std::vector<core::Integer>> home_;  // by node
  bool is_rail_fabric_ = false;
};

/// NICs of a host that have a cable.
std::size_t cabled_nics(const Graph& graph, NodeIndex host);

/// NICs with a cable that at least two thirds of the hosts with NICs have.
std::optional<std::size_t> usual_nics(const Graph& graph);

}  // namespace plumb::topology
