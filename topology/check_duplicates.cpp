#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "topology/checks.h"

namespace plumb::topology {
namespace {

bool is_guid(std::string_view guid) {
  return std::ranges::any_of(guid, [](char c) { return c != '0' && c != 'x' && c != ':'; });
}

/// Two sources may tell one device under two names; one source does not.
core::CheckRow row_of(const Graph& graph, NodeIndex first, NodeIndex second, std::string_view what,
                      std::string_view value) {
  const auto &one = graph.row(first), &other = graph.row(second);
  const bool is_one_source = one.source == other.source;
  return {std::string(other.host),
          std::string(other.id),
          fmt::format("duplicate_{}", what),
          is_one_source ? "fail" : "warn",
          fmt::format("{} has {} {} too", one.id, what, value),
          fmt::format("one {} a device", what),
          is_one_source
              ? fmt::format("give each device its own {}", what)
              : fmt::format("one device that {} and {} name differently, or a clone", one.source, other.source)};
}

/// Nodes of one kind.
class Owners {
 public:
  Owners(const Graph& graph, std::string_view what, std::vector<core::CheckRow>& rows)
      : graph_(graph), what_(what), rows_(rows) {}

  void add(NodeIndex node, std::string_view value) {
    const auto key = fmt::format("{} {}", graph_.row(node).kind, value);
    const auto [first, is_new] = owner_.emplace(key, node);
    if (!is_new) {
      rows_.push_back(row_of(graph_, first->second, node, what_, value));
      ++duplicates_;
    }
  }

  void pass() const {
    if (!owner_.empty() && duplicates_ == 0) {
      rows_.push_back({"", "", fmt::format("duplicate_{}", what_), "pass", fmt::format("{} devices", owner_.size()),
                       fmt::format("one {} a device", what_), ""});
    }
  }

 private:
  const Graph& graph_;
  std::string_view what_;
  std::vector<core::CheckRow>& rows_;
  std::unordered_map<std::string, NodeIndex> owner_;
  std::size_t duplicates_ = 0;
};

}  // namespace

void check_duplicates(const Checked& checked, std::vector<core::CheckRow>& rows) {
  const auto& graph = checked.found;
  Owners guids(graph, "guid", rows), names(graph, "name", rows);
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    const auto& row = graph.row(n);
    if (is_guid(row.guid)) {
      guids.add(n, row.guid);
    }
    if (graph.kind(n) == NodeKind::network_switch && !row.name.empty()) {  // NICs are all called mlx5_0
      names.add(n, row.name);
    }
  }
  guids.pass();
  names.pass();
}

}  // namespace plumb::topology
