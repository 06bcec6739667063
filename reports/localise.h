// Which few parts explain the slow measurements and are not contradicted by the fast ones. docs/verdicts.md has the
// mathematics. Pure: no files, no ids; the same input gives the same output.
#pragma once

#include <cstdint>
#include <vector>

#include "reports/likelihood.h"
#include "reports/path_touches.h"

namespace plumb::reports {

/// Measurements, and what they touched.
struct Incidence {
  std::vector<float> ratio;         // measured over expected rate; of events: 0 it happened, 1 it did not
  std::vector<float> sigma;         // relative noise of a healthy measurement of the same class
  std::vector<std::uint32_t> path;  // by measurement, of `touched`
  const PathTouches* touched = nullptr;
  bool two_way = false;             // measurements used their paths in both directions
  std::vector<float> log_prior;     // by part, up to a constant: how often parts of its kind fail
  std::vector<float> log_evidence;  // by part: log odds that counters and checks speak for it; empty: none do

  [[nodiscard]] std::size_t measurements() const { return ratio.size(); }
  [[nodiscard]] std::size_t parts() const { return log_prior.size(); }
  [[nodiscard]] float evidence_of(std::uint32_t part) const { return log_evidence.empty() ? 0 : log_evidence[part]; }
  void add(double measured_over_expected, double noise, std::uint32_t on_path);
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
