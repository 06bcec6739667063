#include "topology/paths.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"

namespace plumb::topology {

PathFinder::PathFinder(const Graph& graph)
    : graph_(graph), on_way_(graph.node_count()), handed_(graph.node_count()), share_(graph.node_count()) {
  for (auto* side : {&ahead_, &behind_}) {
    side->stamp.resize(graph.node_count());
    side->distance.resize(graph.node_count());
  }
}

bool PathFinder::passable(NodeIndex node) const {
  if (node == from_ || node == to_ || graph_.kind(node) == NodeKind::network_switch) {
    return true;
  }
  const auto host = graph_.host_of(node);
  return graph_.kind(node) == NodeKind::nic && host && (*host == from_ || *host == to_);
}

void PathFinder::steps_from(NodeIndex node, std::vector<Step>& steps) const {
  steps.clear();
  for (const auto& hop : graph_.hops(node)) {
    if (passable(hop.to)) {
      steps.push_back({hop.link, hop.to});
    }
  }
  const auto kind = graph_.kind(node);
  if (kind == NodeKind::host && graph_.hops(node).empty()) {  // its cables are at its NICs
    for (const auto nic : graph_.nics_of(node)) {
      steps.push_back({Step::kInside, nic});
    }
  }
  if (const auto host = graph_.host_of(node);
      kind == NodeKind::nic && host && (*host == from_ || *host == to_) && graph_.hops(*host).empty()) {
    steps.push_back({Step::kInside, *host});
  }
}

void PathFinder::start(Side& side, NodeIndex at) {
  side.stamp[at] = epoch_;
  side.distance[at] = 0;
  side.depth = 0;
  side.frontier.assign(1, at);
}

void PathFinder::widen(Side& side, const Side& other, std::vector<NodeIndex>& meeting) {
  side.reached.clear();
  ++side.depth;
  for (const auto node : side.frontier) {
    steps_from(node, steps_);
    for (const auto& step : steps_) {
      if (!reached(side, step.to)) {
        side.stamp[step.to] = epoch_;
        side.distance[step.to] = side.depth;
        side.reached.push_back(step.to);
        if (reached(other, step.to)) {
          meeting.push_back(step.to);
        }
      }
    }
  }
  side.frontier.swap(side.reached);
}

/// Marks what lies between `from` and where the searches met.
void PathFinder::mark_back(const std::vector<NodeIndex>& meeting) {
  auto& level = ahead_.reached;
  level.assign(meeting.begin(), meeting.end());
  for (const auto node : level) {
    on_way_[node] = epoch_;
  }
  while (!level.empty()) {
    std::vector<NodeIndex> before;
    for (const auto node : level) {
      steps_from(node, steps_);
      for (const auto& step : steps_) {
        if (reached(ahead_, step.to) && ahead_.distance[step.to] + 1 == ahead_.distance[node] &&
            on_way_[step.to] != epoch_) {
          on_way_[step.to] = epoch_;
          before.push_back(step.to);
        }
      }
    }
    level.swap(before);
  }
}

/// The next steps of the shortest ways from a node so far from the start.
void PathFinder::onward(NodeIndex node, std::uint32_t depth) {
  steps_from(node, steps_);
  std::erase_if(steps_, [&](const Step& step) {
    return depth < ahead_.depth ? on_way_[step.to] != epoch_ || ahead_.distance[step.to] != depth + 1
                                : !reached(behind_, step.to) || behind_.distance[step.to] + 1 != behind_.distance[node];
  });
}

/// Hands the traffic on from level to level, at each node evenly over its next steps.
Way PathFinder::spread() {
  Way way;
  std::vector<NodeIndex> level{from_}, next;
  share_[from_] = 1;
  for (std::uint32_t depth = 0; !level.empty(); ++depth) {
    next.clear();
    for (const auto node : level) {
      onward(node, depth);
      const float share = share_[node] / static_cast<float>(std::max<std::size_t>(steps_.size(), 1));
      for (const auto& step : steps_) {
        if (handed_[step.to] != epoch_) {
          handed_[step.to] = epoch_;
          share_[step.to] = 0;
          next.push_back(step.to);
        }
        share_[step.to] += share;
        if (step.link != Step::kInside && share >= kLeastShare) {
          way.cables.push_back({step.link, graph_.link(step.link).a == node, share});
        }
      }
    }
    note(next, way);
    level.swap(next);
  }
  return way;
}

void PathFinder::note(const std::vector<NodeIndex>& level, Way& way) const {
  const auto is_switch = [&](NodeIndex node) { return graph_.kind(node) == NodeKind::network_switch; };
  way.switches += std::any_of(level.begin(), level.end(), is_switch) ? 1 : 0;
  for (const auto node : level) {
    if (node != to_ && share_[node] >= kLeastShare) {
      way.nodes.push_back({node, share_[node]});
    }
  }
}

Way PathFinder::shortest(NodeIndex from, NodeIndex to) {
  if (from == to) {
    return {};
  }
  ++epoch_;  // every meeting is at the outermost level of both sides: a nearer one would have been seen earlier
  from_ = from;
  to_ = to;
  start(ahead_, from);
  start(behind_, to);
  std::vector<NodeIndex> meeting;
  while (meeting.empty()) {
    if (ahead_.frontier.empty() || behind_.frontier.empty()) {
      return {};
    }
    ahead_.frontier.size() <= behind_.frontier.size() ? widen(ahead_, behind_, meeting)
                                                      : widen(behind_, ahead_, meeting);
  }
  mark_back(meeting);
  return spread();
}

Way PathFinder::along(NodeIndex from, std::span<const LinkIndex> cables) const {
  Way way;
  NodeIndex at = from;
  for (std::size_t i = 0; i < cables.size(); ++i) {
    const auto& link = graph_.link(cables[i]);
    const bool from_nic = i == 0 && link.a != at && link.b != at;
    if (from_nic) {  // a host's route may begin at one of its NICs
      const auto nic = graph_.kind(link.a) == NodeKind::nic ? link.a : link.b;
      if (graph_.host_of(nic) == at) {
        way.nodes.push_back({nic, 1});
        at = nic;
      }
    }
    if (link.a != at && link.b != at) {
      throw core::Error(
          fmt::format("route from {}: {} does not continue it", graph_.row(from).id, graph_.link_row(cables[i]).id));
    }
    const bool forward = link.a == at;
    way.cables.push_back({cables[i], forward, 1});
    at = forward ? link.b : link.a;
    way.switches += graph_.kind(at) == NodeKind::network_switch ? 1 : 0;
    const bool is_end = graph_.kind(at) == NodeKind::host || graph_.kind(from) == NodeKind::nic;  // from NIC to NIC
    const bool last = i + 1 == cables.size() && is_end;
    if (!last) {
      way.nodes.push_back({at, 1});
    }
  }
  return way;
}

}  // namespace plumb::topology
