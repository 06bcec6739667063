// What the parts on a way could carry.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "reports/fabric.h"
#include "topology/ways.h"

namespace plumb::reports {

/// Of one way at a time.
class WayRates {
 public:
  /// Keeps references to both.
  WayRates(const Fabric& fabric, const topology::Ways& ways) : fabric_(fabric), ways_(ways) {}

  /// All below is about this way from now on.
  void look_at(const topology::SharedWay& way, const Endpoint& src, const Endpoint& dst);

  /// Of the slowest hop; nothing when none is known.
  [[nodiscard]] std::optional<double> line_rate_Bps() const { return line_rate_Bps_; }
  /// Of the slowest of a host's own cables at this node.
  [[nodiscard]] std::optional<double> at(topology::NodeIndex node) const;
  /// Of the slowest cable between switches.
  [[nodiscard]] std::optional<double> between() const { return between_; }
  /// Of the slowest of its cables; nothing for switches.
  std::optional<double> of_bundle(topology::BundleIndex bundle);

  /// What a part of this rate could carry, over what the slowest on the way lets through: of a leaf, by its host's
  /// cable, of switches above by the slowest cable between switches.
  [[nodiscard]] float headroom(std::optional<double> rate_Bps) const;

 private:
  void find_line_rate(const Endpoint& src, const Endpoint& dst);

  const Fabric& fabric_;
  const topology::Ways& ways_;
  std::vector<std::pair<topology::NodeIndex, double>> at_ends_;  // of nodes that a host's own cables join
  std::optional<double> between_, line_rate_Bps_;
  std::vector<float> bundle_rates_;  // by bundle: 0 not known, negative not looked up
};

}  // namespace plumb::reports
