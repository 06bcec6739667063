#include "reports/simulated_ways.h"

#include <algorithm>

namespace plumb::reports {
namespace {

using topology::NodeIndex;
using topology::NodeKind;

constexpr std::uint32_t kNoPlane = 0xffffffff;

}  // namespace

SimulatedWays::SimulatedWays(const topology::Graph& graph)
    : graph_(graph), plane_(graph.node_count(), kNoPlane), number_(graph.node_count(), 0), known_(graph.node_count()) {
  const auto is_switch = [&](NodeIndex n) { return graph_.kind(n) == NodeKind::network_switch; };
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    first_.push_back(hops_.size());
    for (const auto& hop : graph.hops(n)) {
      if (is_switch(n) && is_switch(hop.to)) {
        hops_.push_back(hop);
      }
    }
  }
  first_.push_back(hops_.size());
  number_planes();
}

void SimulatedWays::number_planes() {
  for (NodeIndex start = 0; start < graph_.node_count(); ++start) {
    if (plane_[start] != kNoPlane || graph_.kind(start) != NodeKind::network_switch) {
      continue;
    }
    const auto plane = static_cast<std::uint32_t>(plane_size_.size());
    auto& size = plane_size_.emplace_back(0);
    frontier_ = {start};
    plane_[start] = plane;
    while (!frontier_.empty()) {
      const auto node = frontier_.back();
      frontier_.pop_back();
      number_[node] = size++;
      for (auto hop = first_[node]; hop < first_[node + 1]; ++hop) {
        if (const auto to = hops_[hop].to; plane_[to] == kNoPlane) {
          plane_[to] = plane;
          frontier_.push_back(to);
        }
      }
    }
  }
}

const SimulatedWays::Distances& SimulatedWays::distances_to(NodeIndex to) {
  auto& distances = known_[to];
  if (!distances.empty()) {
    return distances;
  }
  distances.assign(plane_size_[plane_[to]], kFar);
  distances[number_[to]] = 0;
  frontier_ = {to};
  for (std::uint8_t far = 1; !frontier_.empty() && far < kFar; ++far) {
    next_.clear();
    for (const auto node : frontier_) {
      for (auto hop = first_[node]; hop < first_[node + 1]; ++hop) {
        if (auto& distance = distances[number_[hops_[hop].to]]; distance == kFar) {
          distance = far;
          next_.push_back(hops_[hop].to);
        }
      }
    }
    frontier_.swap(next_);
  }
  return distances;
}

bool SimulatedWays::draw(NodeIndex from, NodeIndex to, Draws& draws) {
  constexpr int kTries = 100;
  bool has_way = draw_once(from, to, draws);
  for (int i = 0; i < kTries && std::ranges::any_of(cables_, [&](auto cable) { return dead_.contains(cable); }); ++i) {
    has_way = draw_once(from, to, draws);
  }
  return has_way;
}

bool SimulatedWays::draw_once(NodeIndex from, NodeIndex to, Draws& draws) {
  cables_.clear();
  if (plane_[from] != plane_[to] || plane_[from] == kNoPlane) {
    return false;
  }
  const auto& distances = distances_to(to);
  for (auto at = from; at != to;) {
    const auto wanted = static_cast<std::uint8_t>(distances[number_[at]] - 1);
    std::uint64_t choices = 0;
    topology::Hop chosen;
    for (auto hop = first_[at]; hop < first_[at + 1]; ++hop) {
      choices += distances[number_[hops_[hop].to]] == wanted ? 1 : 0;
    }
    auto skip = draws.below(choices);
    for (auto hop = first_[at];; ++hop) {
      if (distances[number_[hops_[hop].to]] == wanted && skip-- == 0) {
        chosen = hops_[hop];
        break;
      }
    }
    cables_.push_back(chosen.link);
    at = chosen.to;
  }
  return true;
}

}  // namespace plumb::reports
