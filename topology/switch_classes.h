// Switches that are cabled to the same switches by as many cables each: ways to and from one are those of the other.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "topology/graph.h"

namespace plumb::topology {

class SwitchClasses {
 public:
  explicit SwitchClasses(const Graph& graph);

  /// From one member of a class to all members of another, each of which gets as many.
  struct Step {
    std::uint32_t to = 0;
    std::uint32_t cables = 0;
  };

  [[nodiscard]] std::size_t size() const { return islands_.size(); }
  /// Of a switch only.
  [[nodiscard]] std::uint32_t of(NodeIndex node) const { return class_[node]; }
  [[nodiscard]] std::span<const NodeIndex> members(std::uint32_t one) const {
    return {members_.data() + first_member_[one], members_.data() + first_member_[one + 1]};
  }
  [[nodiscard]] std::span<const Step> steps(std::uint32_t one) const {
    return {steps_.data() + first_step_[one], steps_.data() + first_step_[one + 1]};
  }
  /// Cables from one member of `from` to one of `to`.
  [[nodiscard]] std::uint32_t cables_between(std::uint32_t from, std::uint32_t to) const;
  /// Equal for classes that reach each other over switches.
  [[nodiscard]] std::uint32_t island(std::uint32_t one) const { return islands_[one]; }
  /// To other switches, ordered by these: the i-th hops of all members of a class lead to the same switch.
  [[nodiscard]] std::vector<Hop> hops(NodeIndex node) const;

 private:
  void sort_into_classes();
  void add_member(NodeIndex node, const std::vector<NodeIndex>& neighbours);
  void index_members();
  void index_steps();
  void find_islands();

  const Graph& graph_;
  std::vector<std::uint32_t> class_;  // by node
  std::vector<std::uint64_t> first_member_;
  std::vector<NodeIndex> members_;
  std::vector<std::uint64_t> first_step_;
  std::vector<Step> steps_;
  std::vector<std::uint32_t> islands_;

  tsl::robin_map<std::uint64_t, std::uint32_t> by_hash_;  // of neighbours
  std::vector<std::uint64_t> first_neighbour_{0};         // by class
  std::vector<NodeIndex> neighbours_;
};

}  // namespace plumb::topology
