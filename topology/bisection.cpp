#include "topology/bisection.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "topology/clear_mode.h"
#include "topology/max_flow.h"
#include "topology/roles.h"

namespace plumb::topology {
namespace {

struct PlacedHost {
  NodeIndex host = 0;
  std::uint32_t leaf = 0;  // of its first NIC with a cable; place in switches()
};

/// Visits the switches at a host: fn(switch, link).
template <class Visit>
void each_cable(const Graph& graph, const FabricShape& shape, NodeIndex host, Visit&& visit) {
  const auto look = [&](NodeIndex node) {
    for (const auto& hop : graph.hops(node)) {
      if (const auto* one = shape.of(hop.to); one != nullptr) {
        visit(*one, hop.link);
      }
    }
  };
  look(host);
  std::ranges::for_each(graph.nics_of(host), look);
}

using Rates = std::map<std::uint32_t, double>;  // of hosts' cables, by switch

/// Switches go by their place in FabricShape::switches(), where those of a pod stand together.
class Cutter {
 public:
  Cutter(const Graph& graph, const FabricShape& shape) : graph_(graph), shape_(shape), switches_(shape.switches()) {
    for (const auto& one : switches_) {
      usual_up_.push_back(one.up_Bps);
      pods_.push_back(graph.row(one.node).pod);
    }
    for (const auto& peers : peers_of(graph, shape)) {
      raise_to_usual(peers);
    }
    merge_trunks();
    place_hosts();
  }

  [[nodiscard]] std::vector<Bisection> all() const {
    std::map<std::string_view, std::vector<PlacedHost>> by_pod;
    for (const auto& host : hosts_) {
      by_pod[pods_[host.leaf]].push_back(host);
    }
    std::vector<Bisection> result;
    if (by_pod.size() > 1) {
      add(cut(hosts_, true, ""), result);
    }
    for (const auto& [pod, hosts] : by_pod) {
      add(cut(hosts, false, by_pod.size() > 1 ? pod : ""), result);
    }
    return result;
  }

 private:
  static void add(Bisection cut, std::vector<Bisection>& result) {
    if (cut.full_Bps > 0) {
      result.push_back(std::move(cut));
    }
  }

  void raise_to_usual(const Peers& peers) {
    std::vector<std::uint32_t> counts;
    std::ranges::transform(peers.all, std::back_inserter(counts), [&](std::uint32_t i) { return switches_[i].up; });
    const auto usual = clear_mode(std::move(counts));  // surer than a guess: it is what the flow is held against
    for (const auto i : peers.judged) {
      if (usual && switches_[i].up < *usual) {
        lacks_uplinks_.insert(i);
        usual_up_[i] =
            switches_[*std::ranges::find(peers.all, *usual, [&](std::uint32_t p) { return switches_[p].up; })].up_Bps;
      }
    }
  }

  [[nodiscard]] std::uint32_t place_of(const SwitchShape& one) const {
    return static_cast<std::uint32_t>(&one - switches_.data());
  }

  /// Cables between two switches become one.
  void merge_trunks() {
    for (std::uint32_t i = 0; i < switches_.size(); ++i) {
      first_trunk_.push_back(trunks_.size());
      Rates rates;
      for (const auto& hop : graph_.hops(switches_[i].node)) {
        if (const auto* other = shape_.of(hop.to); other != nullptr && place_of(*other) > i) {
          rates[place_of(*other)] += shape_.rate_of(hop.link);
        }
      }
      for (const auto& [other, rate] : rates) {
        trunks_.push_back({i, other, rate});
      }
    }
    first_trunk_.push_back(trunks_.size());
  }

  void place_hosts() {
    for (NodeIndex n = 0; n < graph_.node_count(); ++n) {
      std::optional<std::uint32_t> leaf;
      if (graph_.kind(n) == NodeKind::host) {
        each_cable(graph_, shape_, n,
                   [&](const SwitchShape& one, LinkIndex) { leaf = leaf ? leaf : std::optional(place_of(one)); });
      }
      if (leaf) {
        hosts_.push_back({n, *leaf});
      }
    }
    std::ranges::stable_sort(hosts_, {}, &PlacedHost::leaf);
  }

  /// Hosts on the left: whole leaves, or pods, until half of the hosts are there.
  [[nodiscard]] std::size_t left_of(const std::vector<PlacedHost>& hosts, bool between_pods) const {
    const auto is_together = [&](std::uint32_t x, std::uint32_t y) {
      return between_pods ? pods_[x] == pods_[y] : x == y;
    };
    std::size_t left = (hosts.size() + 1) / 2;
    while (left > 0 && left < hosts.size() && is_together(hosts[left - 1].leaf, hosts[left].leaf)) {
      ++left;
    }
    return left;
  }

  [[nodiscard]] Bisection cut(const std::vector<PlacedHost>& hosts, bool between_pods, std::string_view pod) const {
    const auto left = left_of(hosts, between_pods);
    std::array<Rates, 2> rates;
    std::array<double, 2> sums{};
    for (std::size_t i = 0; i < hosts.size(); ++i) {
      const auto side = i < left ? 0 : 1;
      each_cable(graph_, shape_, hosts[i].host, [&](const SwitchShape& one, LinkIndex link) {
        rates[side][place_of(one)] += shape_.rate_of(link);
        sums[side] += shape_.rate_of(link);
      });
    }
    Bisection result{std::string(pod), between_pods, hosts.size()};
    result.full_Bps = std::min(sums[0], sums[1]);
    if (result.full_Bps > 0) {
      result.flow_Bps = flow(rates, pod);
      result.expected_Bps =
          is_whole(pod)
              ? result.flow_Bps
              : std::min({result.full_Bps, expected(rates[0], between_pods), expected(rates[1], between_pods)});
    }
    return result;
  }

  [[nodiscard]] bool is_whole(std::string_view pod) const {
    return std::ranges::none_of(lacks_uplinks_, [&](std::uint32_t i) { return pod.empty() || pods_[i] == pod; });
  }

  /// Within a pod only its own switches carry traffic.
  [[nodiscard]] double flow(const std::array<Rates, 2>& rates, std::string_view pod) const {
    constexpr std::uint32_t kOutside = 0xffffffff;
    std::vector<std::uint32_t> number(switches_.size(), kOutside);
    std::uint32_t inside = 0;
    for (std::uint32_t i = 0; i < number.size(); ++i) {
      const bool has_hosts = rates[0].contains(i) || rates[1].contains(i);
      number[i] = pod.empty() || pods_[i] == pod || has_hosts ? inside++ : kOutside;
    }
    std::vector<FlowCable> cables;
    for (std::uint32_t i = 0; i < number.size(); ++i) {
      for (auto t = first_trunk_[i]; number[i] != kOutside && t < first_trunk_[i + 1]; ++t) {
        if (number[trunks_[t].b] != kOutside) {
          cables.push_back({number[i], number[trunks_[t].b], trunks_[t].capacity});
        }
      }
    }
    std::array<std::vector<FlowEnd>, 2> ends;
    for (const auto side : {0, 1}) {
      for (const auto& [one, rate] : rates[side]) {
        ends[side].push_back({number[one], rate});
      }
    }
    return max_flow(inside, cables, ends[0], ends[1]);
  }

  /// What one side could send with the usual cables up: of its leaves, and of whole pods their upper switches too.
  [[nodiscard]] double expected(const Rates& rates, bool between_pods) const {
    std::map<std::string_view, double> leaves;
    for (const auto& [one, rate] : rates) {
      leaves[between_pods ? pods_[one] : ""] += std::min(rate, usual_up_[one]);
    }
    double total = 0;
    for (const auto& [pod, rate] : leaves) {
      total += between_pods ? std::min(rate, up_from(pod)) : rate;
    }
    return total;
  }

  /// Usual rate up of the highest switches of a pod.
  [[nodiscard]] double up_from(std::string_view pod) const {
    core::Integer tier = 0;
    double rate = 0;
    const auto [first, last] = std::equal_range(pods_.begin(), pods_.end(), pod, natural_less);
    for (auto i = first - pods_.begin(); i < last - pods_.begin(); ++i) {
      if (pods_[i] == pod && switches_[i].tier >= tier) {
        rate = switches_[i].tier > tier ? usual_up_[i] : rate + usual_up_[i];
        tier = switches_[i].tier;
      }
    }
    return rate;
  }

  const Graph& graph_;
  const FabricShape& shape_;
  std::span<const SwitchShape> switches_;
  std::vector<std::string_view> pods_;
  std::vector<double> usual_up_;  // rate up, were it cabled as most of its peers
  std::set<std::uint32_t> lacks_uplinks_;
  std::vector<FlowCable> trunks_;
  std::vector<std::size_t> first_trunk_;
  std::vector<PlacedHost> hosts_;
};

}  // namespace

std::vector<Bisection> bisections(const Graph& graph, const FabricShape& shape) { return Cutter(graph, shape).all(); }

}  // namespace plumb::topology
