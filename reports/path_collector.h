// Puts paths together, and keeps what they have in common once.
#pragma once

#include <tsl/robin_map.h>

#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

#include "reports/paths.h"

namespace plumb::reports {

class PathCollector {
 public:
  /// So many are to come, about, between so many ends.
  void reserve(std::size_t paths, std::size_t ends);

  /// The next stretch of the path under way; nothing when it touches nothing.
  void add_stretch(std::span<const Touch> touches);
  void add_stretch(std::initializer_list<Touch> touches) { add_stretch(std::span(touches.begin(), touches.size())); }
  /// One that was added before.
  void add_stretch(PathTouches::Stretch known) { chain_.push_back(known); }
  /// Of the path under way, which has one.
  [[nodiscard]] PathTouches::Stretch last_stretch() const { return chain_.back(); }
  /// Ends the path under way, of a measurement of this class or of one that failed.
  void end_measured(const PathClass& one);
  void end_failed();

  /// All that was added, and what its bundles are. Leaves nothing.
  Paths take(std::vector<PathTouches::Bundle> bundles);
  /// The paths that another one took follow; answers the bundles of both.
  std::vector<PathTouches::Bundle> append(const Paths& theirs, std::vector<PathTouches::Bundle> bundles);

 private:
  PathTouches::Stretch number_of(std::span<const Touch> touches);
  std::uint32_t number_of(const PathClass& one);
  void append_paths(const PathTouches& theirs, const std::vector<std::uint32_t>& bundle_of);

  Paths paths_;
  tsl::robin_map<std::uint64_t, PathTouches::Stretch> stretches_;  // by a hash of their touches
  std::vector<PathTouches::Stretch> chain_;                        // of the path under way
};

}  // namespace plumb::reports
