// The path of each measurement, and what has to be equal for two paths to compare.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "reports/evidence.h"
#include "reports/fabric.h"
#include "reports/path_touches.h"

namespace plumb::reports {

inline constexpr std::string_view kSameHost = "same host";

/// Paths compare between NICs of the same kinds (models and line rates), over the same distance, at the same rate.
struct PathClass {
  double line_rate_Bps = 0;  // of the slowest hop: what parts of its kind run at; 0: not known
  std::uint32_t src_kind = 0, dst_kind = 0;
  std::string_view distance;  // "loopback", "same host", "same leaf", "other host", …
  /// No network was on the way.
  [[nodiscard]] bool is_within_host() const { return distance == kLoopback || distance == kSameHost; }
  friend auto operator<=>(const PathClass&, const PathClass&) = default;
};

struct Paths {
  PathTouches touches;  // those of evidence.pairs, then those of evidence.failed_pairs
  std::vector<PathClass> classes;
  std::vector<std::uint32_t> class_of;  // by index in evidence.pairs

  [[nodiscard]] std::size_t measured() const { return class_of.size(); }
  [[nodiscard]] static std::uint32_t of_pair(std::size_t m) { return static_cast<std::uint32_t>(m); }
  [[nodiscard]] std::uint32_t of_failed(std::size_t i) const { return static_cast<std::uint32_t>(class_of.size() + i); }
};

/// `fabric` learns the parts that its map has not.
Paths paths_of(const Evidence& evidence, Fabric& fabric);

}  // namespace plumb::reports
