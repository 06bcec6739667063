#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>

#include "reports/page_parts.h"
#include "topology/roles.h"

namespace plumb::reports {
namespace {

using core::Json;
using topology::Graph;
using topology::NodeIndex;
using topology::NodeKind;

constexpr std::uint32_t kNowhere = PagePlaces::kNowhere;

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
void add_leaves(const Graph& graph, PagePlaces& places) {
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
  const auto ends = graph.kind(*node) == NodeKind::host ? ends_of(graph, *node) : std::vector<NodeIndex>{*node};
  return ends.empty() ? kNowhere : ends.front();
}

/// What each end reaches in its slower direction: the lower of two medians. By node; negative where nothing was
/// measured.
std::vector<float> ratios_of(const Evidence& evidence, const PairView& view, const PagePlaces& places,
                             std::size_t nodes) {
  std::vector<std::pair<std::uint64_t, float>> rows;
  for (std::size_t m = 0; m < evidence.pairs.size(); ++m) {
    const auto& pair = evidence.pairs[m];
    if (!evidence.is_latency(pair)) {
      rows.emplace_back(std::uint64_t{places.end_of[pair.src]} * 2, view.ratio[m]);
      rows.emplace_back(std::uint64_t{places.end_of[pair.dst]} * 2 + 1, view.ratio[m]);
    }
  }
  std::ranges::sort(rows);
  std::vector<float> ratios(nodes, -1);
  for (auto first = rows.begin(); first != rows.end();) {
    const auto last = std::find_if(first, rows.end(), [&](const auto& row) { return row.first != first->first; });
    if (const auto end = first->first / 2; end != kNowhere) {
      const float median = first[(last - first - 1) / 2].second;
      ratios[end] = ratios[end] < 0 ? median : std::min(ratios[end], median);
    }
    first = last;
  }
  return ratios;
}

Json percents_of(const PagePlaces::Host& host, const std::vector<float>& ratios) {
  constexpr float kPercent = 100;
  Json row = Json::array();
  for (const auto end : host.ends) {
    row.push_back(ratios[end] < 0 ? Json(nullptr) : Json(std::lround(ratios[end] * kPercent)));
  }
  return row;
}

Json names_of(const Graph& graph, const PagePlaces& places) {
  Json leaves = Json::array();
  for (const auto& leaf : places.leaves) {
    leaves.push_back({graph.row(leaf.node).id, leaf.pod});
  }
  return leaves;
}

}  // namespace

PagePlaces places_of(const Evidence& evidence, const Graph& graph) {
  PagePlaces places;
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

Json page_fabric(const Evidence& evidence, const PairView& view, const Graph& graph, const PagePlaces& places) {
  const auto ratios = ratios_of(evidence, view, places, graph.node_count());
  std::map<std::vector<std::uint32_t>, std::size_t> groups;  // hosts on the same leaves
  Json all = Json::array();
  for (const auto& host : places.hosts) {
    const auto [found, is_new] = groups.try_emplace(host.leaves, all.size());
    if (is_new) {
      all.push_back({{"leaves", host.leaves}, {"hosts", Json::array()}, {"percent", Json::array()}});
    }
    auto& group = all[found->second];
    group["hosts"].push_back(host_of(std::string(graph.row(host.node).id)));
    group["percent"].push_back(percents_of(host, ratios));
  }
  return {{"pods", places.pods}, {"leaves", names_of(graph, places)}, {"groups", std::move(all)}};
}

}  // namespace plumb::reports
