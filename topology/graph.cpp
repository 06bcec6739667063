#include "topology/graph.h"

#include <array>

namespace plumb::topology {
namespace {

constexpr std::array<std::string_view, 5> kNodeWords{"host", "gpu", "nic", "switch", "nvswitch"};
constexpr std::array<std::string_view, 3> kLinkWords{"cable", "pcie", "nvlink"};

template <class Kind, std::size_t kCount>
std::optional<Kind> kind_named(const std::array<std::string_view, kCount>& words, std::string_view word) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == word) {
      return static_cast<Kind>(i);
    }
  }
  return std::nullopt;
}

template <class Index>
std::optional<Index> find_in(const tsl::robin_map<std::string_view, Index>& map, std::string_view id) {
  const auto found = map.find(id);
  return found == map.end() ? std::nullopt : std::optional(found->second);
}

/// A cable that its first end, as the id tells it, has. The index of all links is dear.
std::optional<LinkIndex> cable_at_end(const Graph& graph, std::string_view id, std::size_t dashes) {
  const auto end = id.substr(0, dashes);
  const auto whole = graph.find(end), node = whole ? whole : graph.find(end.substr(0, end.rfind(':')));
  for (const auto& hop : node ? graph.hops(*node) : std::span<const Hop>()) {
    if (graph.link_row(hop.link).id == id) {
      return hop.link;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<NodeKind> node_kind(std::string_view word) { return kind_named<NodeKind>(kNodeWords, word); }
std::optional<LinkKind> link_kind(std::string_view word) { return kind_named<LinkKind>(kLinkWords, word); }
std::string_view word_of(NodeKind kind) { return kNodeWords[static_cast<std::size_t>(kind)]; }

std::optional<NodeIndex> Graph::find(std::string_view id) const { return find_in(nodes_by_id_, id); }

std::optional<LinkIndex> Graph::find_link(std::string_view id) const {
  const auto dashes = id.find("--");  // as all links have
  if (dashes == std::string_view::npos) {
    return std::nullopt;
  }
  if (const auto cable = cable_at_end(*this, id, dashes)) {
    return cable;
  }
  std::call_once(links_by_id_->made, [&] {
    links_by_id_->index.reserve(link_rows_.size());
    for (LinkIndex i = 0; i < link_rows_.size(); ++i) {
      links_by_id_->index.emplace(link_row(i).id, i);
    }
  });
  return find_in(links_by_id_->index, id);
}

std::span<const Hop> Graph::hops(NodeIndex node) const {
  return {hops_.data() + first_hop_[node], hops_.data() + first_hop_[node + 1]};
}

std::optional<NodeIndex> Graph::host_of(NodeIndex node) const {
  return host_[node] == kNone ? std::nullopt : std::optional(host_[node]);
}

std::string class_of(const Graph& graph, NodeIndex node) {
  constexpr std::array<const char*, 3> kTiers{"leaf", "spine", "core"};
  const auto tier = graph.row(node).tier.value_or(0);
  const bool is_tiered = graph.kind(node) == NodeKind::network_switch && tier >= 1 && tier <= std::ssize(kTiers);
  return is_tiered ? kTiers[static_cast<std::size_t>(tier) - 1] : std::string(word_of(graph.kind(node)));
}

std::string part_class_of(const Graph& graph, NodeIndex node) {
  const auto name = class_of(graph, node);
  return name == word_of(graph.kind(node)) ? name : name + " switch";
}

std::span<const NodeIndex> Graph::nics_of(NodeIndex host) const {
  return {nics_.data() + first_nic_[host], nics_.data() + first_nic_[host + 1]};
}

}  // namespace plumb::topology
