#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "topology/checks.h"
#include "topology/fabric_shape.h"

namespace plumb::topology {
namespace {

using Tiers = std::pair<core::Integer, core::Integer>;  // the lower first

struct OddCable {
  LinkIndex link = 0;
  Tiers tiers;
};

/// Cables between switches that are not one tier apart.
std::vector<OddCable> odd_cables(const Graph& graph, const FabricShape& shape) {
  std::vector<OddCable> odd;
  for (LinkIndex i = 0; i < graph.link_count(); ++i) {
    const auto& ends = graph.link(i);
    const auto *a = shape.of(ends.a), *b = shape.of(ends.b);
    if (ends.kind == LinkKind::cable && a != nullptr && b != nullptr && a->tier > 0 && b->tier > 0) {
      const Tiers tiers(std::min(a->tier, b->tier), std::max(a->tier, b->tier));
      if (tiers.second - tiers.first != 1) {
        odd.push_back({i, tiers});
      }
    }
  }
  return odd;
}

/// Where a third of the switches of a tier has such a cable, the fabric was built so: a torus, a dragonfly, pairs of
/// leaves.
std::set<Tiers> meant(const Graph& graph, const FabricShape& shape, const std::vector<OddCable>& odd) {
  std::map<core::Integer, std::size_t> switches;
  for (const auto& one : shape.switches()) {
    ++switches[one.tier];
  }
  std::map<Tiers, std::set<NodeIndex>> ends;
  for (const auto& cable : odd) {
    for (const auto end : {graph.link(cable.link).a, graph.link(cable.link).b}) {
      if (shape.of(end)->tier == cable.tiers.first) {
        ends[cable.tiers].insert(end);
      }
    }
  }
  std::set<Tiers> result;
  for (const auto& [tiers, nodes] : ends) {
    if (3 * nodes.size() >= switches[tiers.first] && nodes.size() > 2) {
      result.insert(tiers);
    }
  }
  return result;
}

core::CheckRow row_of_cable(const Graph& graph, LinkIndex link) {
  const auto& ends = graph.link(link);
  return {"",
          std::string(graph.link_row(link).id),
          "tier",
          "warn",
          fmt::format("joins a {} to a {}", class_of(graph, ends.a), class_of(graph, ends.b)),
          "cables between switches lead one tier up",
          "it is in the wrong switch, or routing does not use it"};
}

core::CheckRow row_of_switch(const Graph& graph, NodeIndex node, std::size_t cables) {
  return {"",
          std::string(graph.row(node).id),
          "tier",
          "warn",
          fmt::format("{} of its cables lead to switches that are not one tier up or down", cables),
          fmt::format("a {} has none", class_of(graph, node)),
          "it stands in the wrong place, or it is no " + class_of(graph, node)};
}

}  // namespace

void check_tiers(const Checked& checked, std::vector<core::CheckRow>& rows) {
  constexpr std::size_t kMany = 3;  // of one switch: then it is told, not each cable
  const auto& graph = checked.found;
  const FabricShape shape(graph);
  auto odd = odd_cables(graph, shape);
  const auto usual = meant(graph, shape, odd);
  std::erase_if(odd, [&](const OddCable& cable) { return usual.contains(cable.tiers); });
  std::map<NodeIndex, std::size_t> cables;
  for (const auto& cable : odd) {
    ++cables[graph.link(cable.link).a];
    ++cables[graph.link(cable.link).b];
  }
  std::set<NodeIndex> told;
  for (const auto& cable : odd) {
    const auto& ends = graph.link(cable.link);
    const auto owner = cables[ends.a] >= cables[ends.b] ? ends.a : ends.b;
    if (cables[owner] < kMany) {
      rows.push_back(row_of_cable(graph, cable.link));
    } else if (told.insert(owner).second) {
      rows.push_back(row_of_switch(graph, owner, cables[owner]));
    }
  }
  const auto tiered = std::ranges::count_if(shape.switches(), [](const auto& one) { return one.up > 0; });
  if (odd.empty() && usual.empty() && tiered > 0) {
    rows.push_back({"", "", "tier", "pass", fmt::format("{} switches with cables up", tiered),
                    "cables between switches lead one tier up", ""});
  }
}

}  // namespace plumb::topology
