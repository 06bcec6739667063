// A map's switches, counted: what the checks of its structure and a rule look at.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "topology/graph.h"

namespace plumb::topology {

/// What a switch is cabled to. Rates are those of the cables, or their number where no cable of the map tells a rate.
struct SwitchShape {
  NodeIndex node = 0;
  core::Integer tier = 0;   // 0: not known
  std::uint32_t plane = 0;  // the same for switches that reach each other without passing a host
  std::uint32_t hosts = 0;  // cables to hosts or NICs
  std::uint32_t up = 0;     // cables to switches of a higher tier
  std::uint32_t down = 0;   // cables to switches of a lower tier
  double host_Bps = 0, up_Bps = 0;
};

/// Cables to one switch of a higher tier.
struct Uplinks {
  NodeIndex to = 0;
  std::uint32_t cables = 0;
};

class FabricShape {
 public:
  explicit FabricShape(const Graph& graph);

  /// By natural order of pods, then names.
  [[nodiscard]] std::span<const SwitchShape> switches() const { return switches_; }
  /// Null for what is no switch.
  [[nodiscard]] const SwitchShape* of(NodeIndex node) const;
  /// Whether any cable tells its rate.
  [[nodiscard]] bool knows_rates() const { return knows_rates_; }
  /// A cable that does not tell its rate has that of most others.
  [[nodiscard]] double rate_of(LinkIndex link) const;

  /// By switch above, most cables first.
  [[nodiscard]] std::vector<Uplinks> uplinks(NodeIndex node) const;

 private:
  void find_usual_rate();
  void find_planes();
  void count(SwitchShape& shape) const;

  const Graph& graph_;
  std::vector<SwitchShape> switches_;
  std::vector<std::uint32_t> at_;  // by node, from 1
  double usual_rate_ = 1;
  bool knows_rates_ = false;
};

/// Switches that should be alike, as indices into switches().
struct Peers {
  std::vector<std::uint32_t> all;
  std::vector<std::uint32_t> judged;  // of all; the others were judged among nearer peers
};

/// Every switch of a known tier is judged once: among those of its plane and pod, where these are fewer than three
/// those of its plane, and where these are, those of its model and with hosts of the same rate.
std::vector<Peers> peers_of(const Graph& graph, const FabricShape& shape);

/// Cables that a switch of the group should have, by `count`: what at least two thirds have; else, as cables get lost
/// and not more, the most that any has, where at least half have it and the others lack less than half of it.
std::optional<std::uint32_t> usual_cables(const FabricShape& shape, const Peers& peers,
                                          std::uint32_t SwitchShape::*count);

/// "1.6 TB/s", or "32 cables" where rates are not known.
std::string capacity_text(const FabricShape& shape, double amount);

}  // namespace plumb::topology
