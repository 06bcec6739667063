#include "reports/simulated_fabric.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "core/error.h"
#include "topology/source.h"

namespace plumb::reports {
namespace {

using topology::LinkIndex;
using topology::LinkKind;
using topology::NodeIndex;
using topology::NodeKind;

constexpr double kUsualRate_Bps = 50e9;  // 400 Gb/s, where the map tells none

std::string source_word(const std::string& topology) {
  const bool is_rule = topology.starts_with("rail") || topology.starts_with("fat-tree");
  return is_rule ? "synthetic:" + topology : topology;
}

topology::Graph map_of(const std::string& topology) {
  topology::GraphBuilder builder;
  topology::source_for(source_word(topology), {})->add_to(builder);
  return std::move(builder).seal();
}

std::uint64_t both(NodeIndex a, NodeIndex b) {
  constexpr unsigned kBits = 32;
  return (std::uint64_t{std::min(a, b)} << kBits) | std::max(a, b);
}

}  // namespace

SimulatedFabric::SimulatedFabric(const std::string& topology, int generations)
    : graph_(map_of(topology)), generations_(generations), generation_(graph_.node_count(), 0) {
  add_ends();
  if (ends_.empty()) {
    throw core::Error(
        fmt::format("{} has no NICs with cables to switches; give a map with them, such as "
                    "rail:hosts=64,rails=8,leaf=16,spines=4",
                    topology));
  }
  pair_gpus();
  pair_pcie();
  group();
  if (generations_ > 1) {
    choose_generations();
  }
}

void SimulatedFabric::add_ends() {
  for (NodeIndex n = 0; n < graph_.node_count(); ++n) {
    const auto hops = graph_.hops(n);
    if (graph_.kind(n) == NodeKind::nic && !hops.empty() && graph_.kind(hops[0].to) == NodeKind::network_switch) {
      SimulatedEnd end;
      end.nic = n;
      end.host = graph_.host_of(n).value_or(n);
      end.leaf = hops[0].to;
      end.cable = hops[0].link;
      end.rail = static_cast<std::uint32_t>(std::max<core::Integer>(0, graph_.row(n).rail.value_or(0)));
      ends_.push_back(end);
    }
  }
}

/// A GPU belongs to the first NIC of its rail in its host.
void SimulatedFabric::pair_gpus() {
  std::unordered_map<std::uint64_t, NodeIndex> gpu_at;
  constexpr unsigned kBits = 32;
  const auto key = [&](NodeIndex host, core::Integer rail) {
    return (std::uint64_t{host} << kBits) | static_cast<std::uint32_t>(rail);
  };
  for (NodeIndex n = 0; n < graph_.node_count(); ++n) {
    const auto host = graph_.host_of(n);
    if (graph_.kind(n) == NodeKind::gpu && host) {
      gpu_at.try_emplace(key(*host, graph_.row(n).rail.value_or(0)), n);
    }
  }
  for (auto& end : ends_) {
    if (const auto found = gpu_at.find(key(end.host, end.rail)); found != gpu_at.end()) {
      end.gpu = found->second;
      gpu_at.erase(found);
    }
  }
}

void SimulatedFabric::pair_pcie() {
  std::unordered_map<std::uint64_t, LinkIndex> links;
  for (LinkIndex i = 0; i < graph_.link_count(); ++i) {
    if (const auto& link = graph_.link(i); link.kind == LinkKind::pcie) {
      links.try_emplace(both(link.a, link.b), i);
    }
  }
  for (auto& end : ends_) {
    if (const auto found = links.find(both(end.nic, end.gpu)); found != links.end()) {
      end.pcie = found->second;
    }
  }
}

void SimulatedFabric::group() {
  place_.assign(graph_.node_count(), kNoIndex);
  const auto put = [&](NodeIndex node, std::uint32_t end, std::vector<NodeIndex>& known) {
    if (place_[node] == kNoIndex) {
      place_[node] = static_cast<std::uint32_t>(ends_at_.size());
      ends_at_.emplace_back();
      known.push_back(node);
    }
    ends_at_[place_[node]].push_back(end);
  };
  for (std::uint32_t e = 0; e < ends_.size(); ++e) {
    put(ends_[e].host, e, hosts_);
    put(ends_[e].leaf, e, leaves_);
    rails_.resize(std::max<std::size_t>(rails_.size(), ends_[e].rail + 1));
    rails_[ends_[e].rail].push_back(e);
  }
  std::ranges::sort(leaves_);
  for (const auto leaf : leaves_) {
    for (const auto& hop : graph_.hops(leaf)) {
      if (graph_.kind(hop.to) == NodeKind::network_switch && (place_[hop.to] == kNoIndex || leaf < hop.to)) {
        uplinks_.push_back(hop.link);
      }
    }
  }
}

void SimulatedFabric::choose_generations() {
  std::map<std::string_view, std::uint8_t> of_pod;
  for (const auto& end : ends_) {
    of_pod.try_emplace(graph_.row(end.nic).pod, static_cast<std::uint8_t>(of_pod.size() % 2));
  }
  std::map<std::uint32_t, std::uint32_t> leaves_of_rail;
  std::unordered_map<NodeIndex, std::uint8_t> of_leaf;
  for (const auto leaf : leaves_) {
    const auto rail = ends_[ends_of_leaf(leaf).front()].rail;
    of_leaf[leaf] = static_cast<std::uint8_t>(leaves_of_rail[rail]++ % 2);
  }
  for (auto& end : ends_) {
    end.generation = of_pod.size() > 1 ? of_pod[graph_.row(end.nic).pod] : of_leaf[end.leaf];
    for (const auto node : {end.nic, end.host, end.leaf, end.gpu}) {
      if (node != kNoNode) {
        generation_[node] = end.generation;
      }
    }
  }
}

const std::vector<std::uint32_t>& SimulatedFabric::ends_of_host(NodeIndex host) const { return ends_at_[place_[host]]; }
const std::vector<std::uint32_t>& SimulatedFabric::ends_of_leaf(NodeIndex leaf) const { return ends_at_[place_[leaf]]; }

bool SimulatedFabric::has_gpus() const {
  return std::ranges::all_of(ends_, [](const SimulatedEnd& end) { return end.gpu != kNoNode; });
}

double SimulatedFabric::capacity_Bps(LinkIndex cable) const {
  const auto& link = graph_.link(cable);
  const bool is_older = generation_[link.a] == 1 || generation_[link.b] == 1;
  return graph_.link_row(cable).rate_Bps.value_or(kUsualRate_Bps) / (is_older ? 2 : 1);
}

}  // namespace plumb::reports
