#include "topology/tree_grower.h"

#include <algorithm>
#include <utility>

#include "topology/roles.h"

namespace plumb::topology {
namespace {

bool is_switch(const Graph& graph, NodeIndex node) { return graph.kind(node) == NodeKind::network_switch; }

struct Key {
  core::Integer rail;
  std::string name;
  NodeIndex node;

  bool operator<(const Key& other) const {
    return rail != other.rail ? rail < other.rail : natural_less(name, other.name);
  }
};

/// Nodes of a kind by rail and name.
std::vector<Key> in_order(const Graph& graph, NodeKind kind) {
  std::vector<Key> keys;
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    if (graph.kind(n) == kind) {
      keys.push_back({graph.row(n).rail.value_or(0), name_in_id(graph, n), n});
    }
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

/// The part with most of the cables; of equals, the earlier.
std::uint32_t most(const std::map<std::uint32_t, std::size_t>& cables) {
  return std::ranges::max_element(cables, {}, &std::pair<const std::uint32_t, std::size_t>::second)->first;
}

}  // namespace

/// Parts whose cables lead to the same switches.
struct TreeGrower::Class {
  std::vector<std::uint32_t> parts;
  std::vector<NodeIndex> targets;  // of the first part, one entry a cable
};

std::string name_in_id(const Graph& graph, NodeIndex node) {
  const std::string id(graph.row(node).id);
  return id.substr(id.find('/') + 1);
}

TreeGrower::TreeGrower(const Graph& graph)
    : graph_(graph), places_(graph.node_count(), kNone), part_of_(graph.node_count(), kNone) {
  std::uint32_t place = 0;
  for (const auto& key : in_order(graph, NodeKind::network_switch)) {
    places_[key.node] = place++;
    if (const auto tier = graph.row(key.node).tier) {
      switches_[*tier].push_back(key.node);
    }
  }
  for (const auto& key : in_order(graph, NodeKind::host)) {
    TreePart part{{key.node}, {}, 0};
    const auto nics = graph.nics_of(key.node);
    part.nodes.insert(part.nodes.end(), nics.begin(), nics.end());
    roots_.push_back(add(std::move(part)));
  }
}

void TreeGrower::grow() {
  for (const auto& [tier, switches] : switches_) {
    grow(tier, switches);
  }
}

std::uint32_t TreeGrower::add(TreePart part) {
  const auto index = static_cast<std::uint32_t>(parts_.size());
  for (const auto node : part.nodes) {
    part_of_[node] = index;
  }
  parts_.push_back(std::move(part));
  parent_.push_back(kNone);
  return index;
}

/// Ends at this tier of the part's cables.
std::vector<NodeIndex> TreeGrower::targets(std::uint32_t part, core::Integer tier) const {
  std::vector<NodeIndex> targets;
  for (const auto node : parts_[part].nodes) {
    for (const auto& hop : graph_.hops(node)) {
      if (is_switch(graph_, hop.to) && graph_.row(hop.to).tier == tier) {
        targets.push_back(hop.to);
      }
    }
  }
  std::sort(targets.begin(), targets.end());
  return targets;
}

/// The most common first. Roots without a cable to this tier go to `waiting`.
std::vector<TreeGrower::Class> TreeGrower::classes(core::Integer tier, std::vector<std::uint32_t>& waiting) const {
  std::map<std::vector<NodeIndex>, Class> by_switches;
  for (const auto root : roots_) {
    auto cables = targets(root, tier);
    if (cables.empty()) {
      waiting.push_back(root);
      continue;
    }
    auto key = cables;
    key.erase(std::unique(key.begin(), key.end()), key.end());
    auto& found = by_switches[std::move(key)];
    found.parts.push_back(root);
    if (found.targets.empty()) {
      found.targets = std::move(cables);
    }
  }
  std::vector<Class> classes;
  for (auto& [key, entry] : by_switches) {
    classes.push_back(std::move(entry));
  }
  std::sort(classes.begin(), classes.end(), [](const Class& x, const Class& y) {
    return std::pair(y.parts.size(), x.parts.front()) < std::pair(x.parts.size(), y.parts.front());
  });
  return classes;
}

/// The part that has most of these; kNone, which comes last, when more of them belong to none.
std::uint32_t TreeGrower::owner_of_most(const std::vector<NodeIndex>& targets) const {
  std::map<std::uint32_t, std::size_t> cables;
  for (const auto target : targets) {
    ++cables[part_of_[target]];
  }
  return most(cables);
}

/// A new part of those that belong to none. `targets` are sorted.
std::uint32_t TreeGrower::claim(const std::vector<NodeIndex>& targets, core::Integer tier) {
  TreePart part{{}, {}, tier};
  for (const auto target : targets) {
    if (part_of_[target] == kNone && (part.nodes.empty() || part.nodes.back() != target)) {
      part.nodes.push_back(target);
    }
  }
  return add(std::move(part));
}

void TreeGrower::join(std::uint32_t parent, const std::vector<std::uint32_t>& parts) {
  for (const auto part : parts) {
    parts_[parent].below.push_back(part);
    parent_[part] = parent;
  }
}

/// A switch that no class had in common goes to the part with most of its cables down.
void TreeGrower::adopt(NodeIndex orphan, std::uint32_t first_new) {
  std::map<std::uint32_t, std::size_t> cables;
  for (const auto& hop : graph_.hops(orphan)) {
    const auto below = part_of_[hop.to];
    if (below < first_new && parent_[below] != kNone && parent_[below] >= first_new) {
      ++cables[parent_[below]];
    }
  }
  if (!cables.empty()) {
    part_of_[orphan] = most(cables);
    parts_[part_of_[orphan]].nodes.push_back(orphan);
  }
}

void TreeGrower::grow(core::Integer tier, const std::vector<NodeIndex>& switches) {
  const auto first_new = static_cast<std::uint32_t>(parts_.size());
  std::vector<std::uint32_t> roots;
  for (const auto& entry : classes(tier, roots)) {
    const auto owner = owner_of_most(entry.targets);
    join(owner == kNone ? claim(entry.targets, tier) : owner, entry.parts);
  }
  for (const auto node : switches) {
    if (part_of_[node] == kNone) {
      adopt(node, first_new);
    }
  }
  for (auto part = first_new; part < parts_.size(); ++part) {
    std::ranges::sort(parts_[part].nodes, {}, [&](NodeIndex node) { return places_[node]; });
    roots.push_back(part);
  }
  roots_ = std::move(roots);
}

}  // namespace plumb::topology
