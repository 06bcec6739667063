#include "bench/fabric_map.h"

#include <algorithm>

#include "core/run_dir.h"
#include "topology/end_places.h"
#include "topology/source.h"

namespace plumb::bench {

using topology::Graph;
using topology::NodeIndex;
using topology::NodeKind;

std::optional<Graph> fabric_map(const std::string& topology, const std::string& run_dir) {
  topology::GraphBuilder builder;
  if (!topology.empty()) {
    topology::source_for(topology, {})->add_to(builder);
  } else if (!run_dir.empty() && std::filesystem::exists(std::filesystem::path(run_dir) / "links.csv")) {
    topology::run_dir_source(run_dir)->add_to(builder);
  }
  auto graph = std::move(builder).seal();
  return graph.empty() ? std::nullopt : std::optional(std::move(graph));
}

std::optional<NodeIndex> entry_of(const Graph& graph, const core::RankRow& rank, const std::string& endpoint) {
  const auto node = graph.find(endpoint);
  if (node && !graph.hops(*node).empty()) {
    return node;
  }
  const auto host = graph.find("host/" + rank.host);
  const auto nics = host ? graph.nics_of(*host) : std::span<const NodeIndex>();
  const auto rail = static_cast<std::size_t>(rank.local_rank);
  return nics.empty() ? host : std::optional(nics[rail < nics.size() ? rail : 0]);
}

namespace {

/// The first cable of a NIC or host, and its switch.
std::optional<topology::Hop> first_hop_of(const Graph& graph, NodeIndex entry) {
  const auto hops = graph.hops(entry);
  const auto found =
      std::ranges::find_if(hops, [&](const auto& hop) { return graph.kind(hop.to) == NodeKind::network_switch; });
  return found == hops.end() ? std::nullopt : std::optional(*found);
}

}  // namespace

std::vector<PairPlace> places_on(const Graph& graph, const std::vector<core::RankRow>& ranks,
                                 const std::vector<std::string>& endpoints) {
  std::vector<PairPlace> places;
  topology::EndPlaces on_map(graph);
  for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
    const auto entry = entry_of(graph, ranks[rank], endpoints[rank]);
    const auto hop = entry ? first_hop_of(graph, *entry) : std::nullopt;
    if (!hop) {
      return {};
    }
    places.push_back(on_map.of(*entry, *hop));
  }
  return places;
}

std::vector<PairPlace> pair_places(const std::string& topology, const std::string& run_dir,
                                   const std::vector<core::RankRow>& ranks, const std::vector<std::string>& endpoints) {
  const auto graph = fabric_map(topology, run_dir);
  return graph ? places_on(*graph, ranks, endpoints) : std::vector<PairPlace>{};
}

}  // namespace plumb::bench
