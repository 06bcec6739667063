#include "reports/places.h"

#include <algorithm>
#include <optional>

#include "topology/roles.h"

namespace plumb::reports {
namespace {

using topology::Graph;
using topology::NodeIndex;
using topology::NodeKind;

constexpr std::uint32_t kNowhere = Places::kNowhere;

std::optional<NodeIndex> switch_at(const Graph& graph, NodeIndex node) {
  const auto hops = graph.hops(node);
  const auto found =
      std::ranges::find_if(hops, [&](const auto& hop) { return graph.kind(hop.to) == NodeKind::network_switch; });
  return found == hops.end() ? std::nullopt : std::optional(found->to);
}

/// Nodes of a host whose cables lead to a switch.
std::vector<NodeIndex> ends_of(const Graph& graph, NodeIndex host) {
  std::vector<NodeIndex> ends;
  std::ranges::copy_if(graph.nics_of(host), std::back_inserter(ends),
                       [&](NodeIndex nic) { return switch_at(graph, nic).has_value(); });
  if (ends.empty() && switch_at(graph, host)) {
    ends.push_back(host);
  }
  return ends;
}

/// The switches that hosts are cabled to, in order, and their pods.
void add_leaves(const Graph& graph, Places& places) {
  std::vector<NodeIndex> leaves;
  for (const auto& host : places.hosts) {
    std::ranges::transform(host.ends, std::back_inserter(leaves),
                           [&](NodeIndex end) { return *switch_at(graph, end); });
  }
  const auto before = [&](NodeIndex a, NodeIndex b) {
    const auto &x = graph.row(a), &y = graph.row(b);
    return x.pod != y.pod ? topology::natural_less(x.pod, y.pod) : topology::natural_less(x.id, y.id);
  };
  std::ranges::sort(leaves);
  leaves.erase(std::ranges::unique(leaves).begin(), leaves.end());
  std::ranges::sort(leaves, before);
  for (const auto leaf : leaves) {
    const auto pod = graph.row(leaf).pod;
    if (places.pods.empty() || places.pods.back() != pod) {
      places.pods.push_back(pod);
    }
    places.leaf_of[leaf] = static_cast<std::uint32_t>(places.leaves.size());
    places.leaves.push_back({leaf, static_cast<std::uint32_t>(places.pods.size() - 1)});
  }
}

/// The end whose cable a measurement from `id` used, where that is one.
std::uint32_t end_of(const Graph& graph, const std::string& id) {
  const auto node = graph.find(id);
  if (!node) {
    return kNowhere;
  }
  if (graph.kind(*node) == NodeKind::gpu) {
    const auto host = graph.host_of(*node);
    const auto nics = host ? graph.nics_of(*host) : std::span<const NodeIndex>();
    const auto rail = graph.row(*node).rail;
    const auto found = std::ranges::find_if(nics, [&](NodeIndex nic) { return rail && graph.row(nic).rail == rail; });
    return found == nics.end() ? kNowhere : *found;
  }
  if (graph.kind(*node) != NodeKind::host) {
    return *node;
  }
  const auto ends = ends_of(graph, *node);
  return ends.empty() ? kNowhere : ends.front();
}

}  // namespace

Places places_of(const Evidence& evidence, const Graph& graph) {
  Places places;
  places.leaf_of.assign(graph.node_count(), kNowhere);
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    if (graph.kind(n) == NodeKind::host) {
      if (auto ends = ends_of(graph, n); !ends.empty()) {
        places.hosts.push_back({n, std::move(ends), {}});
      }
    }
  }
  std::ranges::sort(places.hosts, [&](const auto& a, const auto& b) {
    return topology::natural_less(graph.row(a.node).id, graph.row(b.node).id);
  });
  add_leaves(graph, places);
  for (auto& host : places.hosts) {
    for (const auto end : host.ends) {
      places.leaf_of[end] = places.leaf_of[*switch_at(graph, end)];
      host.leaves.push_back(places.leaf_of[end]);
    }
  }
  std::ranges::transform(evidence.endpoints, std::back_inserter(places.end_of),
                         [&](const std::string& id) { return end_of(graph, id); });
  return places;
}

}  // namespace plumb::reports
