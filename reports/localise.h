// Which few parts explain the slow measurements and are not contradicted by the fast ones. docs/verdicts.md has the
// mathematics. Pure: no files, no ids; the same input gives the same output.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "reports/likelihood.h"

namespace plumb::reports {

/// Traffic uses a part in one of two directions; `both` where that means nothing (a switch).
enum class Direction : std::uint8_t { both, out, in };

/// A measurement went through this part with this probability (1 unless the path is one of several), or through each
/// part of this bundle.
struct Touch {
  static constexpr std::uint32_t kBundle = 0x80000000;  // in `part`, with the bundle's number

  std::uint32_t part = 0;
  Direction direction = Direction::both;
  float weight = 1;
  float headroom = 1;  // its own usual rate over that of the slowest on the path: a slow part may be hidden by it

  [[nodiscard]] bool is_bundle() const { return (part & kBundle) != 0; }
  [[nodiscard]] std::uint32_t bundle() const { return part & ~kBundle; }
};

/// What the measurements of each path touched, in compressed rows.
struct PathTouches {
  std::vector<std::uint64_t> first{0};  // touches of path p: [first[p], first[p + 1])
  std::vector<Touch> touches;
  std::vector<std::vector<std::uint32_t>> bundles;  // parts that paths touch with one weight each: ways under ECMP

  void add(std::span<const Touch> touched);
  [[nodiscard]] std::span<const Touch> of(std::uint32_t path) const {
    return {touches.data() + first[path], touches.data() + first[path + 1]};
  }
  /// Its source and its destination: the first touches.
  [[nodiscard]] std::span<const Touch> ends_of(std::uint32_t path) const {
    constexpr std::size_t kEnds = 2;
    return of(path).first(std::min(kEnds, of(path).size()));
  }
  [[nodiscard]] std::size_t size() const { return first.size() - 1; }
  /// Calls visit(part, touch) for each, with the parts of bundles one by one.
  template <class Visit>
  void for_each_part(std::uint32_t path, Visit&& visit) const {
    for (const auto& touch : of(path)) {
      if (!touch.is_bundle()) {
        visit(touch.part, touch);
        continue;
      }
      for (const auto part : bundles[touch.bundle()]) {
        visit(part, touch);
      }
    }
  }
};

/// Measurements, and what they touched.
struct Incidence {
  std::vector<float> ratio;         // measured over expected rate; of events: 0 it happened, 1 it did not
  std::vector<float> sigma;         // relative noise of a healthy measurement of the same class
  std::vector<std::uint32_t> path;  // by measurement, of `touched`
  std::vector<bool> two_way;        // by measurement: it used its path in both directions
  const PathTouches* touched = nullptr;
  std::vector<float> log_prior;     // by part, up to a constant: how often parts of its kind fail
  std::vector<float> log_evidence;  // by part: log odds that counters and checks speak for it; empty: none do

  [[nodiscard]] std::size_t measurements() const { return ratio.size(); }
  [[nodiscard]] std::size_t parts() const { return log_prior.size(); }
  [[nodiscard]] float evidence_of(std::uint32_t part) const { return log_evidence.empty() ? 0 : log_evidence[part]; }
  void add(double measured_over_expected, double noise, std::uint32_t on_path, bool uses_both_ways);
};

struct Suspect {
  std::uint32_t part = 0;
  Direction direction = Direction::both;
  double posterior = 0;
};

/// One cause.
struct Blame {
  std::vector<Suspect> suspects;         // the most probable first; what nothing separates from it follows
  double factor = 1;                     // median of the ratios it explains
  double log_evidence = 0;               // log of its e-value: docs/verdicts.md, section 3
  std::uint64_t touched = 0;             // measurements through the first suspect, in its direction
  std::vector<std::uint64_t> explained;  // the slow ones among them
};

struct Localisation {
  std::vector<Blame> blames;               // in the order found: what explains most comes first
  std::vector<std::uint64_t> unexplained;  // slow, but not enough to blame a part
};

/// Parts that run at a share of their rate. Estimates the share of passing disturbances itself.
Localisation localise(const Incidence& incidence);
/// Parts at which something happens again and again that happens elsewhere now and then.
Localisation localise_events(const Incidence& incidence);

}  // namespace plumb::reports
