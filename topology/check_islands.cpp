#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "topology/checks.h"
#include "topology/clear_mode.h"
#include "topology/fabric_shape.h"
#include "topology/rail_map.h"
#include "topology/roles.h"

namespace plumb::topology {
namespace {

constexpr std::size_t kNamed = 4;

/// Hosts and switches that reach each other, over any NIC of a host.
struct Island {
  std::vector<NodeIndex> hosts, switches;
  bool has_spine = false;
};

class IslandFinder {
 public:
  explicit IslandFinder(const Graph& graph) : graph_(graph), seen_(graph.node_count()) {}

  /// Those with hosts that have a cable; most hosts first.
  std::vector<Island> all() {
    std::vector<Island> islands;
    for (NodeIndex n = 0; n < graph_.node_count(); ++n) {
      if (!seen_[n] && !graph_.hops(n).empty()) {
        islands.push_back(around(n));
      }
    }
    std::erase_if(islands, [](const Island& island) { return island.hosts.empty(); });
    std::ranges::stable_sort(islands, std::ranges::greater(), [](const Island& island) { return island.hosts.size(); });
    return islands;
  }

 private:
  Island around(NodeIndex first) {
    Island island;
    visit(first);
    while (!ahead_.empty()) {
      const auto node = ahead_.back();
      ahead_.pop_back();
      note(node, island);
      std::ranges::for_each(graph_.hops(node), [&](const Hop& hop) { visit(hop.to); });
      if (const auto host = graph_.host_of(node)) {
        visit(*host);
      }
      std::ranges::for_each(graph_.nics_of(node), [&](NodeIndex nic) { visit(nic); });
    }
    return island;
  }

  void visit(NodeIndex node) {
    if (!seen_[node]) {
      seen_[node] = true;
      ahead_.push_back(node);
    }
  }

  void note(NodeIndex node, Island& island) const {
    if (graph_.kind(node) == NodeKind::host) {
      island.hosts.push_back(node);
    } else if (graph_.kind(node) == NodeKind::network_switch) {
      island.switches.push_back(node);
      island.has_spine = island.has_spine || graph_.row(node).tier.value_or(0) > 1;
    }
  }

  const Graph& graph_;
  std::vector<bool> seen_;
  std::vector<NodeIndex> ahead_;
};

/// "n1, n2, n3, n4 and 12 more"
std::string names(const Graph& graph, std::vector<NodeIndex> nodes) {
  std::ranges::sort(nodes,
                    [&](NodeIndex x, NodeIndex y) { return natural_less(graph.row(x).name, graph.row(y).name); });
  std::vector<std::string> shown;
  for (std::size_t i = 0; i < std::min(nodes.size(), kNamed); ++i) {
    shown.emplace_back(graph.row(nodes[i]).name);
  }
  const auto rest = nodes.size() > kNamed ? fmt::format(" and {} more", nodes.size() - kNamed) : "";
  return fmt::format("{}{}", fmt::join(shown, ", "), rest);
}

std::string_view subject_of(const Graph& graph, const Island& island) {
  const auto& parts = island.switches.empty() ? island.hosts : island.switches;
  return graph
      .row(*std::ranges::min_element(
          parts, [&](NodeIndex x, NodeIndex y) { return natural_less(graph.row(x).id, graph.row(y).id); }))
      .id;
}

/// Switches that know nothing of each other are a map of hosts' own views, not a fabric.
bool has_trunks(const FabricShape& shape) {
  return std::ranges::any_of(shape.switches(), [](const auto& one) { return one.up > 0; });
}

/// False for no finding.
bool judge_islands(const Graph& graph, const std::vector<Island>& islands, std::vector<core::CheckRow>& rows) {
  std::size_t all = 0;
  for (const auto& island : islands) {
    all += island.hosts.size();
  }
  if (islands.size() > 1 && 2 * islands[0].hosts.size() <= all) {
    rows.push_back(
        {"", "", "islands", "warn",
         fmt::format("the map falls apart into {} parts of up to {} hosts", islands.size(), islands[0].hosts.size()),
         "every host reaches every other", "fine if they are fabrics of their own; else a trunk is missing"});
    return true;
  }
  for (std::size_t i = 1; i < islands.size(); ++i) {
    const auto& island = islands[i];
    rows.push_back({"", std::string(subject_of(graph, island)), "islands", island.has_spine ? "warn" : "fail",
                    fmt::format("{} hosts reach none of the other {}: {}", island.hosts.size(),
                                all - island.hosts.size(), names(graph, island.hosts)),
                    "every host reaches every other",
                    island.has_spine ? "fine if it is a fabric of its own; else look for the trunks that are missing"
                                     : "look for the cables up that are missing"});
  }
  return islands.size() > 1;
}

/// Where most rails are in one piece, one that is not.
bool judge_rails(const Graph& graph, const FabricShape& shape, const RailMap& map, std::vector<core::CheckRow>& rows) {
  std::map<core::Integer, std::map<std::uint32_t, std::vector<NodeIndex>>> nics;  // by rail, by plane
  for (const auto& plug : map.plugs()) {
    if (map.serves(plug.leaf, plug.rail)) {
      nics[plug.rail][shape.of(plug.leaf)->plane].push_back(plug.nic);
    }
  }
  std::vector<std::size_t> pieces;
  std::ranges::transform(nics, std::back_inserter(pieces), [](const auto& one) { return one.second.size(); });
  if (clear_mode(pieces) != std::size_t{1}) {
    return false;
  }
  std::size_t faults = 0;
  for (const auto& [rail, planes] : nics) {
    const auto most = std::ranges::max_element(planes, {}, [](const auto& one) { return one.second.size(); });
    for (const auto& [plane, cut_off] : planes) {
      if (plane != most->first) {
        const auto leaf = graph.hops(cut_off.front()).front().to;
        rows.push_back({"", std::string(graph.row(leaf).id), "islands", "fail",
                        fmt::format("on rail {}, {} NICs reach none of the other {}", rail, cut_off.size(),
                                    map.plugs().size() / map.rails().size() - cut_off.size()),
                        "every rail in one piece", "look for the cables up that are missing"});
        ++faults;
      }
    }
  }
  return faults > 0;
}

}  // namespace

void check_islands(const Checked& checked, std::vector<core::CheckRow>& rows) {
  const auto& graph = checked.found;
  const FabricShape shape(graph);
  if (!has_trunks(shape)) {
    return;
  }
  const auto islands = IslandFinder(graph).all();
  const RailMap map(graph);
  const bool is_apart = judge_islands(graph, islands, rows);
  const bool is_rail_apart = map.is_rail_fabric() && judge_rails(graph, shape, map, rows);
  if (!is_apart && !is_rail_apart && !islands.empty()) {
    rows.push_back({"", "", "islands", "pass", fmt::format("{} hosts", islands[0].hosts.size()),
                    "every host reaches every other", ""});
  }
}

}  // namespace plumb::topology
