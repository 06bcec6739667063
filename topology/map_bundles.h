// Cables that a picture draws as one line.
#pragma once

#include <compare>
#include <string>
#include <vector>

#include "topology/map_drawing.h"

namespace plumb::topology {

/// Where cables end: a box, a NIC of a host that is drawn whole, or a lane of such NICs.
struct Anchor {
  enum class Kind : std::uint8_t { box, cell, lane };
  Kind kind = Kind::box;
  std::uint32_t index = 0, lane = 0;  // cluster; node; block of hosts, and lane
  friend auto operator<=>(const Anchor&, const Anchor&) = default;
};

/// What makes cables one line.
struct BundleKey {
  std::uint32_t upper_tier = 0, lower_tier = 0;
  Anchor upper, lower;
  int rail = kNoRail;
  Condition condition = Condition::fine;
  LinkIndex alone = kNoPlace;        // a faulty cable, drawn by itself
  std::uint32_t missing = kNoPlace;  // of Conditions::faults: a cable that is not there
  friend auto operator<=>(const BundleKey&, const BundleKey&) = default;
};

struct Bundle {
  BundleKey key;
  std::size_t cables = 0;
  double rate_Bps = 0, slowest_Bps = 1e300, fastest_Bps = 0;
  LinkIndex first = 0;

  void add(const Bundle& other);
};

/// In the order of their keys. Cables within one box are in none.
std::vector<Bundle> bundles_of(const Drawing& drawing);

/// Tooltip.
std::string tip_of_bundle(const Drawing& drawing, const Bundle& bundle);

/// What is between two rows, on the left; and, at lines that are unlike most, their count. `middles`: of the bundles.
void note_gaps(Drawing& drawing, const std::vector<Bundle>& bundles, const std::vector<Point>& middles);

}  // namespace plumb::topology
