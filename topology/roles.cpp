#include "topology/roles.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace plumb::topology {
namespace {

bool is_switch(const Graph& graph, NodeIndex node) { return graph.kind(node) == NodeKind::network_switch; }

std::size_t hosts_at(const Graph& graph, NodeIndex node) {
  return static_cast<std::size_t>(
      std::ranges::count_if(graph.hops(node), [&](const Hop& hop) { return !is_switch(graph, hop.to); }));
}

/// Its neighbours mostly serve hosts, and far more of them.
bool only_visits_hosts(const Graph& graph, NodeIndex node, const std::vector<std::size_t>& hosts) {
  std::size_t switches = 0, leaves = 0, served = 0;
  for (const auto& hop : graph.hops(node)) {
    if (is_switch(graph, hop.to)) {
      ++switches;
      leaves += hosts[hop.to] > 0 ? 1 : 0;
      served += hosts[hop.to];
    }
  }
  return 2 * leaves > switches && served > 2 * hosts[node] * leaves;
}

/// Union-find.
class Islands {
 public:
  explicit Islands(std::size_t size) : parent_(size) { std::iota(parent_.begin(), parent_.end(), 0U); }
  NodeIndex find(NodeIndex node) {
    while (parent_[node] != node) {
      node = parent_[node] = parent_[parent_[node]];
    }
    return node;
  }
  void join(NodeIndex a, NodeIndex b) { parent_[find(a)] = find(b); }

 private:
  std::vector<NodeIndex> parent_;
};

bool tells_pods(const Graph& graph) {
  return std::ranges::any_of(graph.rows(), [](const auto& row) { return !row.pod.empty(); });
}

Islands islands_below(const Graph& graph, core::Integer top) {
  Islands islands(graph.node_count());
  const auto is_below = [&](NodeIndex node) { return graph.row(node).tier.value_or(0) < top; };
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    if (const auto host = graph.host_of(n)) {
      islands.join(n, *host);
    }
    for (const auto& hop : graph.hops(n)) {
      if (is_below(n) && is_below(hop.to)) {
        islands.join(n, hop.to);
      }
    }
  }
  return islands;
}

bool nic_less(const Graph& graph, NodeIndex x, NodeIndex y) {
  const auto place = [&](NodeIndex n) {
    return std::tuple(graph.row(n).numa.value_or(-1), std::string_view(graph.row(n).pci));
  };
  return place(x) != place(y) ? place(x) < place(y) : natural_less(graph.row(x).name, graph.row(y).name);
}

}  // namespace

std::vector<core::MaybeInteger> tiers_by_cables(const Graph& graph) {
  std::vector<core::MaybeInteger> tiers(graph.node_count());
  std::vector<std::size_t> hosts(graph.node_count());
  std::vector<NodeIndex> level;
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    hosts[n] = is_switch(graph, n) ? hosts_at(graph, n) : 0;
  }
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    if (hosts[n] > 0 && !only_visits_hosts(graph, n, hosts)) {
      tiers[n] = 1;
      level.push_back(n);
    }
  }
  for (core::Integer tier = 2; !level.empty(); ++tier) {
    std::vector<NodeIndex> next;
    for (const auto node : level) {
      for (const auto& hop : graph.hops(node)) {
        if (is_switch(graph, hop.to) && !tiers[hop.to]) {
          tiers[hop.to] = tier;
          next.push_back(hop.to);
        }
      }
    }
    level = std::move(next);
  }
  return tiers;
}

std::vector<std::uint32_t> pods_by_cables(const Graph& graph) {
  std::vector<std::uint32_t> pods(graph.node_count());
  core::Integer top = 0;
  for (const auto& row : graph.rows()) {
    top = std::max(top, row.tier.value_or(0));
  }
  if (top < 3 || tells_pods(graph)) {
    return pods;
  }
  auto islands = islands_below(graph, top);
  std::vector<std::uint32_t> number(graph.node_count());
  std::uint32_t next = 0;
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    if (is_switch(graph, n) && graph.row(n).tier.value_or(top) < top && number[islands.find(n)] == 0) {
      number[islands.find(n)] = ++next;
    }
  }
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    pods[n] = graph.row(n).tier.value_or(0) < top && next > 1 ? number[islands.find(n)] : 0;
  }
  return pods;
}

std::vector<core::MaybeInteger> rails_by_order(const Graph& graph) {
  std::vector<core::MaybeInteger> rails(graph.node_count());
  for (NodeIndex host = 0; host < graph.node_count(); ++host) {
    const auto known = graph.nics_of(host);
    if (std::ranges::any_of(known, [&](NodeIndex n) { return graph.row(n).rail.has_value(); })) {
      continue;
    }
    std::vector<NodeIndex> nics(known.begin(), known.end());
    std::erase_if(nics, [&](NodeIndex n) { return graph.hops(n).empty(); });
    std::ranges::sort(nics, [&](NodeIndex x, NodeIndex y) { return nic_less(graph, x, y); });
    for (std::size_t i = 0; i < nics.size(); ++i) {
      rails[nics[i]] = static_cast<core::Integer>(i);
    }
  }
  return rails;
}

bool natural_less(std::string_view a, std::string_view b) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (!is_digit(a[i]) || !is_digit(b[j])) {
      if (a[i] != b[j]) {
        return a[i] < b[j];
      }
      ++i, ++j;
      continue;
    }
    const auto number = [&](std::string_view text, std::size_t& at) {
      const auto end = std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_digit);
      auto digits = text.substr(at, static_cast<std::size_t>(end - text.begin()) - at);
      at += digits.size();
      digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
      return digits;
    };
    const auto x = number(a, i), y = number(b, j);
    if (x != y) {
      return std::pair(x.size(), x) < std::pair(y.size(), y);
    }
  }
  return a.size() - i < b.size() - j;
}

}  // namespace plumb::topology
