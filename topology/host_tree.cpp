#include "topology/host_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "core/error.h"
#include "core/text.h"
#include "topology/tree_grower.h"

namespace plumb::topology {
namespace {

constexpr std::size_t kMaxName = 64;  // topology.yaml(5)

/// No name twice.
class Names {
 public:
  std::string take(const std::string& wish) {
    auto name = wish.substr(0, kMaxName);
    while (!taken_.insert(name).second) {
      const auto number = fmt::format(".{}", ++last_number_[wish] + 1);
      name = wish.substr(0, kMaxName - number.size()) + number;
    }
    return name;
  }

 private:
  std::unordered_set<std::string> taken_{"DEFAULT", "default"};  // a keyword of topology.conf
  std::unordered_map<std::string, int> last_number_;
};

/// Turns parts into switches with names.
class Writer {
 public:
  Writer(const Graph& graph, const TreeGrower& grower) : graph_(graph), grower_(grower) {}

  HostTree tree() {
    std::vector<std::uint32_t> parts;
    for (std::uint32_t i = 0; i < grower_.parts().size(); ++i) {
      if (grower_.parts()[i].tier > 0) {
        parts.push_back(i);
      }
    }
    std::ranges::sort(parts, {}, [&](std::uint32_t i) {
      return std::pair(grower_.parts()[i].tier, grower_.place(grower_.parts()[i]));
    });
    switch_of_.resize(grower_.parts().size());
    for (const auto part : parts) {
      add(part);
    }
    add_top();
    return std::move(tree_);
  }

 private:
  [[nodiscard]] std::string clean_name(NodeIndex node) const { return core::file_name_part(name_in_id(graph_, node)); }

  void add_host(NodeIndex host, std::vector<std::string>& hosts) {
    if (const auto name = name_in_id(graph_, host); core::file_name_part(name) == name && name.size() <= kMaxName) {
      hosts.push_back(name);
    } else {
      tree_.bad_names.push_back(core::printable(name));
    }
  }

  void add(std::uint32_t index) {
    const auto& part = grower_.parts()[index];
    TreeSwitch entry;
    for (const auto node : part.nodes) {
      entry.merged.push_back(clean_name(node));
    }
    for (const auto below : part.below) {
      if (grower_.parts()[below].tier == 0) {
        add_host(grower_.parts()[below].nodes.front(), entry.hosts);
      } else if (!switch_of_[below].empty()) {
        entry.children.push_back(switch_of_[below]);
      }
    }
    const auto count = entry.merged.size();
    entry.name = entry.merged.front() + (count > 1 ? fmt::format("-x{}", count) : "");
    put(std::move(entry), switch_of_[index]);
  }

  /// A switch with both hosts and switches below gets a leaf of its own for the hosts.
  void put(TreeSwitch entry, std::string& name) {
    if (entry.hosts.empty() && entry.children.empty()) {
      return;
    }
    if (!entry.hosts.empty() && !entry.children.empty()) {
      TreeSwitch leaf{names_.take(entry.name + "-hosts"), {}, std::move(entry.hosts), {}};
      entry.hosts.clear();
      entry.children.push_back(leaf.name);
      tree_.switches.push_back(std::move(leaf));
    }
    name = entry.name = names_.take(entry.name);
    tree_.switches.push_back(std::move(entry));
  }

  void add_top() {
    TreeSwitch top;
    for (const auto root : grower_.roots()) {
      if (const auto& part = grower_.parts()[root]; part.tier == 0) {
        tree_.without_cable.push_back(core::printable(name_in_id(graph_, part.nodes.front())));
      } else if (!switch_of_[root].empty()) {
        top.children.push_back(switch_of_[root]);
      }
    }
    if (top.children.size() > 1) {
      top.name = names_.take("top");
      tree_.switches.push_back(std::move(top));
    }
  }

  const Graph& graph_;
  const TreeGrower& grower_;
  HostTree tree_;
  Names names_;
  std::vector<std::string> switch_of_;  // by part; empty for one without hosts
};

}  // namespace

HostTree host_tree(const Graph& graph) {
  TreeGrower grower(graph);
  grower.grow();
  auto tree = Writer(graph, grower).tree();
  if (tree.switches.empty()) {
    throw core::Error("the map has no host on a switch: add the cables (a dump, LLDP or a plan) with --from FILE");
  }
  return tree;
}

}  // namespace plumb::topology
