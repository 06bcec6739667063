// The ways between any two hosts or NICs, for millions of pairs: what many ways share is a bundle.
#pragma once

#include <vector>

#include "topology/paths.h"
#include "topology/switch_ways.h"

namespace plumb::topology {

/// Each part of a way stands in it once: alone, or in a bundle.
struct SharedWay : Way {
  std::vector<BundleShare> bundles;
};

/// The same ways as PathFinder's. Keeps what it found, so use one a thread.
class Ways {
 public:
  explicit Ways(const Graph& graph) : graph_(graph), finder_(graph), between_(graph) {}

  /// As PathFinder::shortest. Stays good until the next call.
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
    NodeIndex peer = kNone;  // leaf of the other end
    float share = 0;
  };
  static constexpr NodeIndex kNone = 0xffffffff;

  [[nodiscard]] bool find_entries(NodeIndex end, std::vector<Entry>& entries) const;
  bool add_entries(NodeIndex nic, std::vector<Entry>& entries) const;
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

}  // namespace plumb::topology
