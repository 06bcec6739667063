// One clock for all ranks, so that "who was late" has an answer.
#pragma once

#include "bench/clock.h"
#include "bench/ranks.h"

namespace plumb::bench {

/// Maps this rank's clock to rank 0's: common = local + offset + drift * (local - reference).
/// HCA3 (Hunold and Carpen-Amarie, CLUSTER'18): along a binomial tree each rank learns offset and drift against
/// its parent's already common clock by linear regression over ping-pong offsets; log2(ranks) rounds.
class CommonClock {
 public:
  /// Synchronises; called by all ranks. Takes `points` offsets of `exchanges` ping-pongs each a tree edge.
  CommonClock(const Ranks& ranks, const Clock& clock, int points = 24, int exchanges = 8);

  [[nodiscard]] double now_ns() const { return to_common(clock_.now_ns()); }
  /// This rank's clock as it is, for hot loops that convert afterwards.
  [[nodiscard]] double local_now_ns() const { return clock_.now_ns(); }
  [[nodiscard]] double to_common(double local_ns) const {
    return local_ns + offset_ns_ + drift_ * (local_ns - reference_ns_);
  }
  [[nodiscard]] double to_local(double common_ns) const;

  /// Bound of the error between any rank and rank 0: half the shortest round trips, summed along the tree, plus the
  /// largest residual of the fits. The same on all ranks.
  [[nodiscard]] double error_bound_ns() const { return error_bound_ns_; }
  [[nodiscard]] double offset_ns() const { return offset_ns_; }
  [[nodiscard]] double drift() const { return drift_; }

 private:
  void learn_from(const Ranks& ranks, int parent, int points, int exchanges);
  void teach(const Ranks& ranks, int child, int points, int exchanges) const;

  const Clock& clock_;
  double offset_ns_ = 0, drift_ = 0, reference_ns_ = 0;
  double error_bound_ns_ = 0;
};

}  // namespace plumb::bench
