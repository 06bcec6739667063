// The ways between any two hosts or NICs, for millions of pairs: what many ways share is a bundle.
#pragma once

#include <vector>

#include "topology/paths.h"
#include "topology/switch_ways.h"

namespace plumb::topology {

/// Each part of a way stands in it once: alone, or in a bundle.
struct SharedWay : Way {
  /// So many of each list's first ones are the source's: its cables, its leaf and that one's cables. So many of the
  /// last ones are the destination's. Other ways from there have them in common.
  struct Count {
    std::size_t cables = 0, nodes = 0, bundles = 0;
  };
  std::vector<BundleShare> bundles;
  Count at_source, at_destination;
};

/// The same ways as PathFinder's. Keeps what it found, so use one a thread.
class Ways {
 public:
  explicit Ways(const Graph& graph) : graph_(graph), finder_(graph), between_(graph) {}

  class End;
  /// As PathFinder::shortest. Stays good until the next call.
  const SharedWay& shortest(const End& from, const End& to);
  const SharedWay& shortest(NodeIndex from, NodeIndex to);
  /// As PathFinder::along.
  const SharedWay& along(NodeIndex from, std::span<const LinkIndex> cables);

  /// `way` with its bundles taken apart.
  [[nodiscard]] Way whole(const SharedWay& way) const;

  [[nodiscard]] const Bundles& bundles() const { return between_.bundles(); }

 private:
  /// A cable between an end, or a NIC of it, and a switch.
  struct Entry {
    NodeIndex nic = 0;  // the end itself when it has the cable
    LinkIndex cable = 0;
    NodeIndex leaf = 0;
    bool is_up = true;       // the leaf is the cable's second end
    NodeIndex peer = kNone;  // leaf of the other end
    float share = 0;
  };
  static constexpr NodeIndex kNone = 0xffffffff;

  bool choose_leaves();
  void share_out(NodeIndex from);
  void arrive();
  void add_end(NodeIndex end, const std::vector<Entry>& entries, bool is_source);
  void add_between();

  const Graph& graph_;
  PathFinder finder_;
  SwitchWays between_;
  std::vector<Entry> from_, to_;
  SharedWay way_;
};

/// A host or NIC: what many ways from there need, looked up once.
class Ways::End {
 public:
  End(const Graph& graph, NodeIndex node);
  [[nodiscard]] NodeIndex node() const { return node_; }

 private:
  friend class Ways;
  bool add_entries(const Graph& graph, NodeIndex nic);
  bool find_entries(const Graph& graph);

  NodeIndex node_ = 0, host_ = kNone;
  std::vector<Entry> entries_;  // none when a cable leads to no switch: such ways are PathFinder's
};

}  // namespace plumb::topology
