// The statistics of the history: docs/verdicts.md, section History, has the mathematics. Pure; no part has a name here.
#pragma once

#include <span>
#include <vector>

namespace plumb::reports {

inline constexpr std::size_t kLeastPast = 5;   // runs before a step, at least
inline constexpr std::size_t kLeastTrend = 8;  // runs of a drift, at least
inline constexpr double kLeastDecline = 0.02;  // a milder one is none, however sure
inline constexpr double kFalseShifts = 0.01;   // expected share of innocent ones among the parts told

/// How values of healthy parts scatter from run to run.
struct Scatter {
  double sigma = 0.01;    // of a log level
  double passing = 0.01;  // share of runs in which a healthy part is low for once
};

struct Decline {
  double p = 1;                // of a decline at least so clear in a healthy part
  double usual = 0, now = 0;   // log levels before and since
  std::size_t runs_since = 0;  // the last runs that are low; of a drift: that it lasts
  bool is_drift = false;
};

/// Whether the last runs (2, 3 or 5) are all low against the median of those before. `log_levels` in order of time,
/// the last is tonight.
Decline step_of(std::span<const float> log_levels, const Scatter& scatter);

/// Whether they go down and down: Mann-Kendall with its exact distribution, so that neither noise nor lone bad runs
/// need to be known; and Theil-Sen for how far.
Decline drift_of(std::span<const float> log_levels);

/// The clearer one.
Decline decline_of(std::span<const float> log_levels, const Scatter& scatter);

/// Largest p to believe, of `tests` that were made, so that the expected share of false ones among those believed is at
/// most `share` (Benjamini and Hochberg 1995). 0 when none.
double believable(std::vector<double> p_values, std::size_t tests, double share);

}  // namespace plumb::reports
