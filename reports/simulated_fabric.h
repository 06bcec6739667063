// A map as `simulate` needs it: who measures, over what, and what a healthy part carries.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "topology/graph.h"

namespace plumb::reports {

inline constexpr topology::NodeIndex kNoNode = 0xffffffff;
inline constexpr std::uint32_t kNoIndex = 0xffffffff;

/// A NIC with a cable, and the GPU of its rail.
struct SimulatedEnd {
  topology::NodeIndex nic = 0, gpu = kNoNode, host = 0;
  topology::NodeIndex leaf = 0;  // what its cable leads to
  topology::LinkIndex cable = 0;
  topology::LinkIndex pcie = kNoIndex;  // between gpu and nic
  std::uint32_t rail = 0;
  std::uint8_t generation = 0;  // 1: the older one
};

class SimulatedFabric {
 public:
  /// Reads the map. Of two generations, every second pod (leaf, where there is one pod only) has the older one: half
  /// the rate. Throws Error when the map has no NICs with cables.
  SimulatedFabric(const std::string& topology, int generations);

  [[nodiscard]] const topology::Graph& graph() const { return graph_; }
  [[nodiscard]] int generations() const { return generations_; }
  [[nodiscard]] const std::vector<SimulatedEnd>& ends() const { return ends_; }
  /// Ends by rail.
  [[nodiscard]] const std::vector<std::vector<std::uint32_t>>& rails() const { return rails_; }
  [[nodiscard]] const std::vector<topology::NodeIndex>& hosts() const { return hosts_; }
  [[nodiscard]] const std::vector<topology::NodeIndex>& leaves() const { return leaves_; }
  /// Cables between a leaf and another switch.
  [[nodiscard]] const std::vector<topology::LinkIndex>& uplinks() const { return uplinks_; }
  [[nodiscard]] const std::vector<std::uint32_t>& ends_of_host(topology::NodeIndex host) const;
  [[nodiscard]] const std::vector<std::uint32_t>& ends_of_leaf(topology::NodeIndex leaf) const;
  [[nodiscard]] bool has_gpus() const;
  /// Of a GPU, NIC, host or leaf; 0 for others.
  [[nodiscard]] std::uint8_t generation(topology::NodeIndex node) const { return generation_[node]; }
  /// What a healthy cable carries in one direction.
  [[nodiscard]] double capacity_Bps(topology::LinkIndex cable) const;

 private:
  void add_ends();
  void pair_gpus();
  void pair_pcie();
  void choose_generations();
  void group();

  topology::Graph graph_;
  int generations_;
  std::vector<SimulatedEnd> ends_;
  std::vector<std::vector<std::uint32_t>> rails_;
  std::vector<topology::NodeIndex> hosts_, leaves_;
  std::vector<topology::LinkIndex> uplinks_;
  std::vector<std::uint8_t> generation_;             // by node
  std::vector<std::vector<std::uint32_t>> ends_at_;  // by place
  std::vector<std::uint32_t> place_;                 // by node: of ends_at_
};

}  // namespace plumb::reports
