#include "topology/map_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "topology/roles.h"

namespace plumb::topology {
namespace {

constexpr std::size_t kHostsAlone = 64, kNicsAlone = 1024, kSwitchesAlone = 40, kBoxesInARow = 48;

class Arrangement {
 public:
  explicit Arrangement(const Graph& graph) : graph_(graph), groups_(host_groups(graph)) {
    block_of_.assign(graph.node_count(), kNoPlace);
    group_of_switch_.assign(graph.node_count(), kNoPlace);
    rows_.cluster_of.assign(graph.node_count(), kNoPlace);
    rows_.rail_of.assign(graph.node_count(), kNoRail);
    rows_.group_of = groups_.group_of;
    for (NodeIndex n = 0; n < graph_.node_count(); ++n) {
      if (is_drawn_as_switch(graph_, n)) {
        switches_[std::max<core::Integer>(graph_.row(n).tier.value_or(0), 0)].push_back(n);
      }
    }
  }

  MapRows make() {
    number_rails();
    for (const auto& [tier, switches] : switches_) {
      find_rails(switches);
    }
    make_blocks();
    for (const auto& [tier, switches] : switches_) {
      std::ranges::for_each(switches, [&](NodeIndex n) { join_hosts(n); });
    }
    if (switches_.contains(0)) {
      add_switches(switches_[0]);  // those of which nothing is known stand on top
    }
    for (auto tier = switches_.rbegin(); tier != switches_.rend() && tier->first > 0; ++tier) {
      add_switches(tier->second);
    }
    add_hosts();
    return std::move(rows_);
  }

 private:
  using Key = std::tuple<std::uint32_t, std::uint32_t, int>;  // block, group, rail

  void number_rails() {
    std::set<core::Integer> rails;
    for (NodeIndex n = 0; n < graph_.node_count(); ++n) {
      if (graph_.kind(n) == NodeKind::nic && graph_.row(n).rail) {
        rails.insert(*graph_.row(n).rail);
      }
    }
    if (rails.size() > 1) {
      rows_.rails.assign(rails.begin(), rails.end());
    }
    for (NodeIndex n = 0; n < graph_.node_count(); ++n) {
      const auto found = std::ranges::lower_bound(rows_.rails, graph_.row(n).rail.value_or(-1));
      if (graph_.row(n).rail && found != rows_.rails.end() && *found == *graph_.row(n).rail) {
        rows_.rail_of[n] = static_cast<int>(found - rows_.rails.begin());
      }
    }
  }

  /// Of switches that say nothing: the rail of three quarters of what they serve. Tiers come from below.
  void find_rails(const std::vector<NodeIndex>& switches) {
    for (const auto n : switches) {
      std::vector<std::uint32_t> rails;
      for (const auto& hop : graph_.hops(n)) {
        if (!is_drawn_as_switch(graph_, hop.to) ||
            graph_.row(hop.to).tier.value_or(0) < graph_.row(n).tier.value_or(0)) {
          rails.push_back(static_cast<std::uint32_t>(rows_.rail_of[hop.to] + 1));
        }
      }
      const auto all = rails.size();
      const auto most = majority(std::move(rails));
      if (rows_.rail_of[n] == kNoRail && most.count > 0 && 4 * most.count >= 3 * all) {
        rows_.rail_of[n] = static_cast<int>(most.value) - 1;
      }
    }
  }

  /// Pods, or leaf groups where there is one pod at most; as many to a block as it takes.
  void make_blocks() {
    std::vector<std::string> pods;  // in drawing order
    for (const auto host : groups_.hosts) {
      if (const auto pod = pod_of(graph_, host); pods.empty() || pods.back() != pod) {
        pods.push_back(pod);
      }
    }
    const bool by_pod = pods.size() > 1;
    const auto count = by_pod ? pods.size() : groups_.groups;
    const auto size = static_cast<std::uint32_t>((count + kBoxesInARow - 1) / kBoxesInARow);
    std::uint32_t pod = 0;
    for (const auto host : groups_.hosts) {
      pod += by_pod && pods[pod] != pod_of(graph_, host) ? 1 : 0;
      block_of_[host] = (by_pod ? pod : groups_.group_of[host]) / size;
    }
    for (std::size_t i = 0; i < count; i += size) {
      rows_.blocks.push_back(by_pod ? block_name(pods, i, std::min<std::size_t>(i + size, count) - 1) : "");
      for (auto p = i; by_pod && p < std::min<std::size_t>(i + size, count); ++p) {
        block_of_pod_[pods[p]] = static_cast<std::uint32_t>(i / size);
      }
    }
  }

  static std::string block_name(const std::vector<std::string>& pods, std::size_t first, std::size_t last) {
    const auto named = [](const std::string& pod) { return pod.empty() ? std::string("none") : pod; };
    return first == last ? "pod " + named(pods[first])
                         : fmt::format("pods {} to {}", named(pods[first]), named(pods[last]));
  }

  /// A switch stands with its pod, or with most of the hosts that it serves.
  void join_hosts(NodeIndex n) {
    std::vector<std::uint32_t> hosts;
    for (const auto& hop : graph_.hops(n)) {
      if (const auto host = graph_.host_of(hop.to)) {
        hosts.push_back(groups_.group_of[*host]);
      }
    }
    group_of_switch_[n] = majority(hosts).value;
    if (const auto pod = block_of_pod_.find(std::string(graph_.row(n).pod)); pod != block_of_pod_.end()) {
      block_of_[n] = graph_.row(n).pod.empty() ? kNoPlace : pod->second;
    }
    for (auto& host : hosts) {
      host = block_of_group(host);
    }
    block_of_[n] = block_of_[n] == kNoPlace ? majority(std::move(hosts)).value : block_of_[n];
  }

  std::uint32_t block_of_group(std::uint32_t group) {
    if (block_of_group_.empty()) {
      block_of_group_.resize(groups_.groups);
      for (const auto host : groups_.hosts) {
        block_of_group_[groups_.group_of[host]] = block_of_[host];
      }
    }
    return block_of_group_[group];
  }

  void add_switches(std::vector<NodeIndex> nodes) {
    const auto level = [&](bool with_rail) {
      return [this, with_rail](NodeIndex n) { return Key{block_of_[n], 0, with_rail ? rows_.rail_of[n] : kNoRail}; };
    };
    const auto alone = [&](NodeIndex n) { return Key{block_of_[n], group_of_switch_[n], rows_.rail_of[n]}; };
    const auto word = class_of(graph_, nodes.front());
    if (nodes.size() <= kSwitchesAlone) {
      add_tier(word, std::move(nodes), alone, true);
    } else {
      const bool fits = count_of(nodes, level(true)) <= kBoxesInARow;
      add_tier(word, std::move(nodes), level(fits), false);
    }
  }

  void add_hosts() {
    std::size_t nics = 0;
    for (NodeIndex n = 0; n < graph_.node_count(); ++n) {
      nics += is_drawn_as_nic(graph_, n) ? 1 : 0;
    }
    rows_.hosts_are_whole = groups_.hosts.size() <= kHostsAlone && nics <= kNicsAlone;
    const bool by_group = rows_.hosts_are_whole || groups_.groups <= kBoxesInARow;
    const auto key = [&](NodeIndex n) { return Key{block_of_[n], by_group ? groups_.group_of[n] : 0, kNoRail}; };
    if (!groups_.hosts.empty()) {
      add_tier("host", groups_.hosts, key, rows_.hosts_are_whole);
    }
    for (NodeIndex n = 0; n < graph_.node_count(); ++n) {
      if (const auto host = graph_.host_of(n)) {
        rows_.cluster_of[n] = rows_.cluster_of[*host];
      }
    }
  }

  template <class KeyOf>
  static std::size_t count_of(const std::vector<NodeIndex>& nodes, const KeyOf& key_of) {
    std::set<Key> keys;
    std::ranges::for_each(nodes, [&](NodeIndex n) { keys.insert(key_of(n)); });
    return keys.size();
  }

  template <class KeyOf>
  void add_tier(std::string word, std::vector<NodeIndex> nodes, const KeyOf& key_of, bool alone) {
    const auto tier = static_cast<std::uint32_t>(rows_.tiers.size());
    const auto first = static_cast<std::uint32_t>(rows_.clusters.size());
    std::ranges::sort(nodes, [&](NodeIndex x, NodeIndex y) {
      return key_of(x) != key_of(y) ? key_of(x) < key_of(y) : natural_less(graph_.row(x).id, graph_.row(y).id);
    });
    for (const auto n : nodes) {
      if (alone || rows_.clusters.size() == first || key_of(rows_.clusters.back().nodes.front()) != key_of(n)) {
        rows_.clusters.push_back({{}, tier, block_of_[n], std::get<int>(key_of(n))});
      }
      rows_.clusters.back().nodes.push_back(n);
      rows_.cluster_of[n] = static_cast<std::uint32_t>(rows_.clusters.size() - 1);
    }
    rows_.tiers.push_back({std::move(word), first, static_cast<std::uint32_t>(rows_.clusters.size()), nodes.size()});
  }

  const Graph& graph_;
  HostGroups groups_;
  MapRows rows_;
  std::map<core::Integer, std::vector<NodeIndex>> switches_;  // by tier, 0 for none
  std::vector<std::uint32_t> block_of_, group_of_switch_, block_of_group_;
  std::map<std::string, std::uint32_t> block_of_pod_;
};

}  // namespace

MapRows map_rows(const Graph& graph) { return Arrangement(graph).make(); }

}  // namespace plumb::topology
