// One round: all its pairs at once, phase by phase.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/channel.h"
#include "bench/clock.h"
#include "bench/pair_options.h"
#include "bench/pair_schedule.h"
#include "bench/ranks.h"
#include "bench/watchdog.h"

namespace plumb::bench {

/// What is measured of each pair in turn, the same for all pairs.
struct PairPhase {
  std::string mode;  // latency, uni or bi, as in pairs.csv
  std::int64_t bytes = 0;
  bool forward = true;  // from a to b
};

/// One direction of one pair. `failed`: why there are no figures.
struct PairResult {
  RankPair pair;
  const PairPhase* phase = nullptr;
  PairFigures figures;
  std::string failed;
  std::optional<std::size_t> rail;  // whose figures these are, where ranks drive several NICs; none: the ranks'
  [[nodiscard]] int source() const { return phase->forward ? pair.a : pair.b; }
  [[nodiscard]] int target() const { return phase->forward ? pair.b : pair.a; }
};

/// The phases in the order they are run. Both directions of `bi` are one measurement but two phases here.
std::vector<PairPhase> pair_phases(const PairOptions& options);

/// Runs a round; the results of all pairs and phases on rank 0, none elsewhere. Called by all ranks.
std::vector<PairResult> measure_round(const PairRound& round, const std::vector<PairPhase>& phases,
                                      PointToPoint& messages, const Ranks& ranks, const Clock& clock,
                                      const PairSampling& sampling, Pulse& pulse);

}  // namespace plumb::bench
