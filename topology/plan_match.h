// Which part of the map is which part of the plan. Plans come from drawings, dumps and other sources than the map, so
// the same part may have different names.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "topology/graph.h"

namespace plumb::topology {

/// Each part of the plan is one part of the map or none, and no two are the same one. Tried in this order: the id; the
/// id without its case; hosts and switches without their domain; the GUID; a host by its NICs; hosts and switches by
/// name alone, for drawings do not always tell which is which; a NIC by any of its names in its host ("mlx5_0 (eth0)"
/// has two). A key that two parts share tells nothing.
class PlanMatch {
 public:
  PlanMatch(const Graph& found, const Graph& plan);

  [[nodiscard]] std::optional<NodeIndex> found_of(NodeIndex planned) const { return maybe(found_of_[planned]); }
  [[nodiscard]] std::optional<NodeIndex> planned_of(NodeIndex found) const { return maybe(planned_of_[found]); }

 private:
  using Keys = std::vector<std::string>;
  static constexpr NodeIndex kNone = 0xffffffff;
  static std::optional<NodeIndex> maybe(NodeIndex node) { return node == kNone ? std::nullopt : std::optional(node); }

  void claim(NodeIndex planned, NodeIndex found);
  void match_ids();
  void match_hosts_by_nics();
  template <class FoundKeys, class PlannedKeys>
  void match_by(FoundKeys found_keys, PlannedKeys planned_keys);

  const Graph& found_;
  const Graph& plan_;
  std::vector<NodeIndex> found_of_, planned_of_;
};

/// NICs by host and any of their names.
class NicNames {
 public:
  explicit NicNames(const Graph& graph);
  [[nodiscard]] std::optional<NodeIndex> find(NodeIndex host, std::string_view name) const;

 private:
  std::unordered_map<std::string, NodeIndex> nics_;
};

/// In lower case.
std::string folded(std::string_view text);

/// What names of one scheme have in common: "swp31" and "swp2" are both "swp#".
std::string form_of(std::string_view name);

/// "mlx5_0" of "nic/n05/mlx5_0", "leaf7" of "switch/leaf7".
std::string_view last_part(std::string_view id);

}  // namespace plumb::topology
