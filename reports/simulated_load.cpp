#include "reports/simulated_load.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "topology/pod_spines.h"

namespace plumb::reports {

using topology::LinkIndex;
using topology::NodeIndex;

NodeIndex leaf_of(const SimulatedFabric& fabric, const PlantedFaults& planted, std::uint32_t end) {
  const auto at = planted.ends[end].plugged_at;
  return at == kNoNode ? fabric.ends()[end].leaf : at;
}

std::set<LinkIndex> dead_in(const PlantedFaults& planted) {
  std::set<LinkIndex> dead;
  for (const auto& [link, fault] : planted.dead_uplinks) {
    dead.insert(link);
  }
  return dead;
}

LoadedRounds::LoadedRounds(const SimulatedFabric& fabric, PlantedFaults& planted, Draws draws)
    : fabric_(fabric), planted_(planted), draws_(draws), ways_(fabric.graph()) {
  ways_.avoid(dead_in(planted));
}

std::vector<LoadedRounds::HostPair> LoadedRounds::pair_hosts() {
  auto hosts = fabric_.hosts();
  draws_.shuffle(hosts);
  std::map<NodeIndex, NodeIndex> waiting;  // by leaf of the first rail
  std::vector<NodeIndex> others;
  std::vector<HostPair> pairs;
  for (const auto host : hosts) {
    const auto leaf = fabric_.ends()[fabric_.ends_of_host(host).front()].leaf;
    const bool stays = draws_.chance(1.0 / 2) && round_ % 2 == 1;
    if (const auto found = waiting.find(leaf); stays && found != waiting.end()) {
      pairs.emplace_back(found->second, host);
      waiting.erase(found);
    } else if (stays) {
      waiting[leaf] = host;
    } else {
      others.push_back(host);
    }
  }
  for (const auto& [leaf, host] : waiting) {
    others.push_back(host);
  }
  for (std::size_t i = 0; i + 1 < others.size(); i += 2) {
    pairs.emplace_back(others[i], others[i + 1]);
  }
  return pairs;
}

void LoadedRounds::add_pair(const HostPair& hosts, std::vector<LoadedFlow>& flows) {
  for (const auto a : fabric_.ends_of_host(hosts.first)) {
    for (const auto b : fabric_.ends_of_host(hosts.second)) {
      if (fabric_.ends()[a].rail != fabric_.ends()[b].rail) {
        continue;
      }
      for (const auto& [src, dst] : {std::pair(a, b), std::pair(b, a)}) {
        const bool has_way = ways_.draw(leaf_of(fabric_, planted_, src), leaf_of(fabric_, planted_, dst), draws_);
        flows.push_back({src, dst, has_way ? ways_.cables() : std::vector<LinkIndex>(), 1});
      }
    }
  }
}

void LoadedRounds::share_out(std::vector<LoadedFlow>& flows, std::size_t first) {
  const auto& graph = fabric_.graph();
  std::unordered_map<std::uint64_t, double> load_Bps;  // by cable and direction
  const auto walk = [&](const LoadedFlow& flow, auto visit) {
    auto at = leaf_of(fabric_, planted_, flow.src);
    for (const auto cable : flow.cables) {
      const auto& link = graph.link(cable);
      visit(cable, std::uint64_t{cable} * 2 + (link.a == at ? 0 : 1));
      at = link.a == at ? link.b : link.a;
    }
  };
  for (std::size_t i = first; i < flows.size(); i += 2) {
    const double Bps = std::min(fabric_.capacity_Bps(fabric_.ends()[flows[i].src].cable),
                                fabric_.capacity_Bps(fabric_.ends()[flows[i].dst].cable));
    walk(flows[i], [&](LinkIndex, std::uint64_t way) { load_Bps[way] += Bps; });
  }
  for (std::size_t i = first; i < flows.size(); i += 2) {
    walk(flows[i], [&](LinkIndex cable, std::uint64_t way) {
      flows[i].share = std::min(flows[i].share, fabric_.capacity_Bps(cable) / load_Bps[way]);
    });
  }
}

/// Of a starved leaf or pod, what an even spread over the cables up that are left would take; of a crossed cable, what
/// its flows to ends on the leaf that the map tells lost.
void LoadedRounds::count(const std::vector<LoadedFlow>& flows, std::size_t first) {
  struct Offered {
    double Bps = 0;
    std::uint64_t flows = 0;
  };
  std::map<std::pair<const Starved*, bool>, Offered> crossing;  // by direction
  const auto offer = [&](const auto& starved, NodeIndex where, bool is_out, double Bps) {
    if (const auto found = starved.find(where); found != starved.end()) {
      auto& offered = crossing[{&found->second, is_out}];
      offered.Bps += Bps;
      ++offered.flows;
    }
  };
  for (std::size_t i = first; i < flows.size(); i += 2) {
    const auto& flow = flows[i];
    const auto from = leaf_of(fabric_, planted_, flow.src), to = leaf_of(fabric_, planted_, flow.dst);
    const auto leaves_pod = fabric_.graph().row(from).pod != fabric_.graph().row(to).pod;
    for (const auto& [leaf, is_out] : {std::pair(from, true), std::pair(to, false)}) {
      const double Bps = fabric_.capacity_Bps(fabric_.ends()[flow.src].cable);
      if (from != to) {
        offer(planted_.starved_leaves, leaf, is_out, Bps);
      }
      if (leaves_pod && !planted_.starved_pods.empty()) {
        const auto spines = topology::spines_of(fabric_.graph(), leaf);
        offer(planted_.starved_pods, spines.empty() ? kNoNode : spines.front(), is_out, Bps);
      }
    }
    const bool is_near = fabric_.ends()[flow.src].leaf == fabric_.ends()[flow.dst].leaf;
    for (const auto end : {flow.src, flow.dst}) {
      if (planted_.ends[end].plugged_at != kNoNode && is_near && flow.share < 1) {
        auto& fault = planted_.faults[planted_.ends[end].fault];
        ++fault.rows;
        fault.shortfall += 1 - flow.share;
      }
    }
  }
  for (const auto& [where, offered] : crossing) {
    const auto& starved = *where.first;
    const double lost =
        1 - std::min(1.0, starved.up_Bps * starved.factor / offered.Bps) / std::min(1.0, starved.up_Bps / offered.Bps);
    auto& fault = planted_.faults[starved.fault];
    fault.rows += offered.flows;
    fault.shortfall += lost * static_cast<double>(offered.flows);
  }
}

std::vector<LoadedFlow> LoadedRounds::next() {
  std::vector<LoadedFlow> flows;
  for (const auto& pair : pair_hosts()) {
    add_pair(pair, flows);
  }
  for (const std::size_t direction : {0U, 1U}) {
    share_out(flows, direction);
    count(flows, direction);
  }
  ++round_;
  return flows;
}

}  // namespace plumb::reports
