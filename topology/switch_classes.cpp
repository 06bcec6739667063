#include "topology/switch_classes.h"

#include <algorithm>
#include <numeric>

namespace plumb::topology {
namespace {

bool is_switch(const Graph& graph, NodeIndex node) { return graph.kind(node) == NodeKind::network_switch; }

std::uint64_t hash_of(const std::vector<NodeIndex>& neighbours) {
  std::uint64_t hash = neighbours.size();
  for (const auto n : neighbours) {
    hash = (hash ^ n) * 0x9e3779b97f4a7c15ULL;
    hash ^= hash >> 32U;
  }
  return hash;
}

}  // namespace

SwitchClasses::SwitchClasses(const Graph& graph) : graph_(graph), class_(graph.node_count()) {
  sort_into_classes();
  index_members();
  index_steps();
  find_islands();
}

std::vector<Hop> SwitchClasses::hops(NodeIndex node) const {
  std::vector<Hop> hops;
  std::ranges::copy_if(graph_.hops(node), std::back_inserter(hops),
                       [&](const Hop& hop) { return is_switch(graph_, hop.to) && hop.to != node; });
  std::ranges::stable_sort(hops, {}, &Hop::to);
  return hops;
}

std::uint32_t SwitchClasses::cables_between(std::uint32_t from, std::uint32_t to) const {
  const auto step = std::ranges::find(steps(from), to, &Step::to);
  return step == steps(from).end() ? 0 : step->cables / static_cast<std::uint32_t>(members(to).size());
}

void SwitchClasses::sort_into_classes() {
  std::vector<NodeIndex> neighbours;
  for (NodeIndex n = 0; n < graph_.node_count(); ++n) {
    if (!is_switch(graph_, n)) {
      continue;
    }
    neighbours.clear();
    for (const auto& hop : graph_.hops(n)) {
      if (is_switch(graph_, hop.to) && hop.to != n) {
        neighbours.push_back(hop.to);
      }
    }
    std::ranges::sort(neighbours);
    add_member(n, neighbours);
  }
  by_hash_ = {};
}

void SwitchClasses::add_member(NodeIndex node, const std::vector<NodeIndex>& neighbours) {
  const auto classes = static_cast<std::uint32_t>(first_neighbour_.size() - 1);
  const auto neighbours_of = [&](std::uint32_t one) {
    return std::span(neighbours_.data() + first_neighbour_[one], neighbours_.data() + first_neighbour_[one + 1]);
  };
  auto hash = hash_of(neighbours);
  for (auto known = by_hash_.find(hash); known != by_hash_.end(); known = by_hash_.find(++hash)) {
    if (std::ranges::equal(neighbours_of(known->second), neighbours)) {
      class_[node] = known->second;
      return;
    }
  }
  by_hash_.emplace(hash, classes);
  class_[node] = classes;
  neighbours_.insert(neighbours_.end(), neighbours.begin(), neighbours.end());
  first_neighbour_.push_back(neighbours_.size());
}

void SwitchClasses::index_members() {
  first_member_.assign(first_neighbour_.size(), 0);
  for (NodeIndex n = 0; n < graph_.node_count(); ++n) {
    first_member_[class_[n] + 1] += is_switch(graph_, n) ? 1 : 0;
  }
  std::partial_sum(first_member_.begin(), first_member_.end(), first_member_.begin());
  members_.resize(first_member_.back());
  auto next = first_member_;
  for (NodeIndex n = 0; n < graph_.node_count(); ++n) {
    if (is_switch(graph_, n)) {
      members_[next[class_[n]]++] = n;
    }
  }
}

void SwitchClasses::index_steps() {
  std::vector<std::uint32_t> to;
  first_step_.push_back(0);
  for (std::size_t one = 0; one + 1 < first_neighbour_.size(); ++one) {
    to.clear();
    for (auto i = first_neighbour_[one]; i < first_neighbour_[one + 1]; ++i) {
      to.push_back(class_[neighbours_[i]]);
    }
    std::ranges::sort(to);
    for (std::size_t i = 0; i < to.size(); ++i) {
      if (i == 0 || to[i] != to[i - 1]) {
        steps_.push_back({to[i], 0});
      }
      ++steps_.back().cables;
    }
    first_step_.push_back(steps_.size());
  }
  first_neighbour_ = {};
  neighbours_ = {};
}

void SwitchClasses::find_islands() {
  islands_.assign(first_step_.size() - 1, 0);
  std::vector<std::uint32_t> ahead;
  std::uint32_t island = 0;
  for (std::uint32_t first = 0; first < islands_.size(); ++first) {
    if (islands_[first] != 0) {
      continue;
    }
    islands_[first] = ++island;
    for (ahead.push_back(first); !ahead.empty();) {
      const auto one = ahead.back();
      ahead.pop_back();
      for (const auto& step : steps(one)) {
        if (islands_[step.to] == 0) {
          islands_[step.to] = island;
          ahead.push_back(step.to);
        }
      }
    }
  }
}

}  // namespace plumb::topology
