#include "topology/map_groups.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "topology/roles.h"

namespace plumb::topology {
namespace {

/// Switches that a host's NICs, or the host itself, have cables to.
std::vector<NodeIndex> leaves_of(const Graph& graph, NodeIndex host) {
  std::vector<NodeIndex> leaves;
  const auto add = [&](NodeIndex node) {
    for (const auto& hop : graph.hops(node)) {
      if (is_drawn_as_switch(graph, hop.to)) {
        leaves.push_back(hop.to);
      }
    }
  };
  add(host);
  std::ranges::for_each(graph.nics_of(host), add);
  std::ranges::sort(leaves);
  leaves.erase(std::unique(leaves.begin(), leaves.end()), leaves.end());
  return leaves;
}

/// Hosts by the set of their leaves, and for each leaf the set that most of its hosts have.
struct LeafSets {
  std::map<std::vector<NodeIndex>, std::uint32_t> numbers;
  std::vector<std::uint32_t> set_of;        // by node, of hosts
  std::vector<std::size_t> hosts_with;      // by set
  std::vector<std::uint32_t> most_at_leaf;  // by node, of leaves
};

LeafSets leaf_sets(const Graph& graph, const std::vector<NodeIndex>& hosts) {
  LeafSets sets;
  sets.set_of.assign(graph.node_count(), kNoPlace);
  sets.most_at_leaf.assign(graph.node_count(), kNoPlace);
  for (const auto host : hosts) {
    const auto number = static_cast<std::uint32_t>(sets.numbers.size());
    sets.set_of[host] = sets.numbers.emplace(leaves_of(graph, host), number).first->second;
    sets.hosts_with.resize(sets.numbers.size());
    ++sets.hosts_with[sets.set_of[host]];
  }
  for (const auto& [leaves, number] : sets.numbers) {
    for (const auto leaf : leaves) {
      auto& most = sets.most_at_leaf[leaf];
      most = most == kNoPlace || sets.hosts_with[number] > sets.hosts_with[most] ? number : most;
    }
  }
  return sets;
}

/// The set that most of its leaves stand for.
std::uint32_t home_of(const Graph& graph, NodeIndex host, const LeafSets& sets) {
  std::vector<std::uint32_t> votes;
  for (const auto leaf : leaves_of(graph, host)) {
    votes.push_back(sets.most_at_leaf[leaf]);
  }
  return votes.empty() ? sets.set_of[host] : majority(std::move(votes)).value;
}

std::vector<NodeIndex> hosts_by_name(const Graph& graph) {
  std::vector<NodeIndex> hosts;
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    if (graph.kind(n) == NodeKind::host) {
      hosts.push_back(n);
    }
  }
  std::ranges::sort(hosts, [&](NodeIndex x, NodeIndex y) { return natural_less(graph.row(x).id, graph.row(y).id); });
  return hosts;
}

/// Pods by number, in natural order.
std::vector<std::uint32_t> pod_ranks(const Graph& graph, const std::vector<NodeIndex>& hosts) {
  std::vector<std::string> pods;
  for (const auto host : hosts) {
    pods.push_back(pod_of(graph, host));
  }
  auto names = pods;
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::ranges::sort(names, natural_less);
  std::map<std::string, std::uint32_t> ranks;
  for (const auto& name : names) {
    ranks.emplace(name, ranks.size());
  }
  std::vector<std::uint32_t> of_host(graph.node_count());
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    of_host[hosts[i]] = ranks.at(pods[i]);
  }
  return of_host;
}

}  // namespace

bool is_drawn_as_switch(const Graph& graph, NodeIndex node) {
  const auto kind = graph.kind(node);
  return kind == NodeKind::network_switch ||
         (kind == NodeKind::nvswitch && !graph.host_of(node) && !graph.hops(node).empty());
}

bool is_drawn_as_nic(const Graph& graph, NodeIndex node) {
  return graph.kind(node) == NodeKind::nic && (!graph.hops(node).empty() || graph.row(node).rail);
}

std::string pod_of(const Graph& graph, NodeIndex node) {
  std::string pod(graph.row(node).pod);
  if (graph.kind(node) == NodeKind::host) {
    for (const auto nic : graph.nics_of(node)) {
      pod = pod.empty() ? std::string(graph.row(nic).pod) : pod;
    }
  }
  return pod;
}

Majority majority(std::vector<std::uint32_t> values) {
  std::ranges::sort(values);
  Majority best;
  for (auto run = values.begin(); run != values.end();) {
    const auto end = std::upper_bound(run, values.end(), *run);
    if (const auto count = static_cast<std::size_t>(end - run); count > best.count) {
      best = {*run, count};
    }
    run = end;
  }
  return best;
}

HostGroups host_groups(const Graph& graph) {
  HostGroups groups{hosts_by_name(graph), {}, 0};
  groups.group_of.assign(graph.node_count(), kNoPlace);
  const auto sets = leaf_sets(graph, groups.hosts);
  const auto pods = pod_ranks(graph, groups.hosts);
  std::ranges::stable_sort(groups.hosts, {}, [&](NodeIndex host) { return pods[host]; });
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> numbers;  // by pod and home
  for (const auto host : groups.hosts) {
    const auto key = std::pair(pods[host], home_of(graph, host, sets));
    groups.group_of[host] = numbers.emplace(key, numbers.size()).first->second;
  }
  groups.groups = static_cast<std::uint32_t>(numbers.size());
  std::ranges::stable_sort(groups.hosts, {}, [&](NodeIndex host) { return groups.group_of[host]; });
  return groups;
}

}  // namespace plumb::topology
