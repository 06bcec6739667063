// How the tree of host_tree.h is found; only host_tree.cpp includes this.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "topology/graph.h"

namespace plumb::topology {

/// A host, or what becomes one switch of the tree.
struct TreePart {
  std::vector<NodeIndex> nodes;      // whose cables lead up: a host and its NICs, or switches by rail and name
  std::vector<std::uint32_t> below;  // parts that hang on it
  core::Integer tier = 0;            // 0: a host
};

/// Grows the tree from the hosts up, tier by tier: parts below whose cables lead to the same switches make these one
/// part. The largest set of parts goes first; a part that shares switches with an earlier one joins what has most.
class TreeGrower {
 public:
  explicit TreeGrower(const Graph& graph);

  void grow();

  /// Hosts by name, then switches from the lowest tier up.
  [[nodiscard]] const std::vector<TreePart>& parts() const { return parts_; }
  /// What no switch joins; before grow(), all hosts.
  [[nodiscard]] const std::vector<std::uint32_t>& roots() const { return roots_; }
  /// Of a part with switches: its place by rail and name.
  [[nodiscard]] std::uint32_t place(const TreePart& part) const { return places_[part.nodes.front()]; }

 private:
  struct Class;

  std::uint32_t add(TreePart part);
  [[nodiscard]] std::vector<NodeIndex> targets(std::uint32_t part, core::Integer tier) const;
  [[nodiscard]] std::vector<Class> classes(core::Integer tier, std::vector<std::uint32_t>& waiting) const;
  [[nodiscard]] std::uint32_t owner_of_most(const std::vector<NodeIndex>& targets) const;
  std::uint32_t claim(const std::vector<NodeIndex>& targets, core::Integer tier);
  void join(std::uint32_t parent, const std::vector<std::uint32_t>& parts);
  void adopt(NodeIndex orphan, std::uint32_t first_new);
  void grow(core::Integer tier, const std::vector<NodeIndex>& switches);

  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  const Graph& graph_;
  std::vector<std::uint32_t> places_;                         // by switch, in the order of rail and name
  std::map<core::Integer, std::vector<NodeIndex>> switches_;  // by tier
  std::vector<TreePart> parts_;
  std::vector<std::uint32_t> parent_;   // by part
  std::vector<std::uint32_t> part_of_;  // by node
  std::vector<std::uint32_t> roots_;
};

/// What follows the kind in its id.
std::string name_in_id(const Graph& graph, NodeIndex node);

}  // namespace plumb::topology
