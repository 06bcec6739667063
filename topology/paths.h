// Which cables and switches traffic between two parts goes through.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "topology/graph.h"

namespace plumb::topology {

/// A cable on the way: forward when traffic goes from its first to its second end. `share` is the probability that
/// traffic takes it, when every node hands packets on evenly over its shortest ways (ECMP).
struct CableShare {
  LinkIndex link = 0;
  bool forward = true;
  float share = 1;
  friend bool operator==(const CableShare&, const CableShare&) = default;
};
struct NodeShare {
  NodeIndex node = 0;
  float share = 1;
};

struct Way {
  std::vector<CableShare> cables;
  std::vector<NodeShare> nodes;  // between the ends: switches, and the NICs of hosts
  std::uint32_t switches = 0;    // that one packet passes
};

/// Finds ways; keeps scratch memory, so use one a thread.
class PathFinder {
 public:
  explicit PathFinder(const Graph& graph);

  /// All shortest ways from a host or NIC to another, as one weighted set; empty when there is none. Only switches
  /// forward; a host's traffic may use any of its NICs. Parts of the way with a share below kLeastShare are left out.
  Way shortest(NodeIndex from, NodeIndex to);

  /// The way over the given cables in order. Throws Error when they do not connect.
  [[nodiscard]] Way along(NodeIndex from, std::span<const LinkIndex> cables) const;

  static constexpr float kLeastShare = 1.0F / 64;

 private:
  /// Search from one end: distance of each node reached.
  struct Side {
    std::vector<std::uint32_t> stamp, distance;
    std::vector<NodeIndex> frontier, reached;
    std::uint32_t depth = 0;
  };
  struct Step {  // no cable between a host and its NIC
    static constexpr LinkIndex kInside = 0xffffffff;
    LinkIndex link;
    NodeIndex to;
  };

  [[nodiscard]] bool passable(NodeIndex node) const;
  void steps_from(NodeIndex node, std::vector<Step>& steps) const;
  void start(Side& side, NodeIndex at);
  void widen(Side& side, const Side& other, std::vector<NodeIndex>& meeting);
  [[nodiscard]] bool reached(const Side& side, NodeIndex node) const { return side.stamp[node] == epoch_; }
  void mark_back(const std::vector<NodeIndex>& meeting);
  void onward(NodeIndex node, std::uint32_t depth);
  Way spread();
  void note(const std::vector<NodeIndex>& level, Way& way) const;

  const Graph& graph_;
  NodeIndex from_ = 0, to_ = 0;
  std::uint32_t epoch_ = 0;
  Side ahead_, behind_;
  std::vector<std::uint32_t> on_way_, handed_;  // stamps
  std::vector<float> share_;
  std::vector<Step> steps_;
};

}  // namespace plumb::topology
