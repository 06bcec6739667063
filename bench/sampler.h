// The only reader of the clock: warm-up, timed loop, stop rule, raw samples.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bench/common_clock.h"
#include "bench/ranks.h"

namespace plumb::bench {

enum class SyncMode { barrier, round_time };

/// How long to sample one case.
struct StopRule {
  std::int64_t samples = 20;        // exactly so many, unless one of the next two is given
  double until = 0;                 // > 0: until the 95 % interval of the median is within this share of the median
  double duration_ns = 0;           // > 0: for so long (a soak)
  std::int64_t max_samples = 5000;  // with until
  double max_ns = 20e9;             // with until
};

struct Sampling {
  std::int64_t warmup = 1;
  int calls = 1;  // in one run of the operation
  SyncMode sync = SyncMode::barrier;
  StopRule stop;
};

/// One run of the operation seen from all ranks, on the common clock: times are of one call in it. The same on every
/// rank.
struct Sample {
  double cost_ns = 0;                      // last exit minus last arrival: the collective itself
  double skew_ns = 0;                      // last exit minus first arrival: with the wait for late ranks
  double longest_ns = 0, shortest_ns = 0;  // time inside the collective, over ranks
  double event_ns = 0;                     // the longest by the GPUs' own clocks; 0: not timed there
  int last_to_arrive = -1;                 // -1: the arrivals lie within the error of the clock
  int last_to_leave = -1;                  // -1: says nothing in this collective
  bool valid = true;                       // false: with round-time, a rank was late at the start
};

/// This rank's own times of one run: offsets from the first rank's arrival, and the time inside for one call.
struct RankSample {
  double arrival_ns = 0, exit_ns = 0, inside_ns = 0;
};

struct Measurement {
  std::vector<Sample> samples;  // in time order, invalid ones too
  std::vector<RankSample> own;  // likewise, this rank
  std::string stop_reason;      // "samples", "interval", "duration", "max-samples", "max-time"
};

/// Called with the number of samples so far after each batch; for progress and the watchdog.
using BatchDone = std::function<void(std::int64_t)>;

/// Runs `operation` by the rules. Called by all ranks with the same arguments; all stop after the same sample.
/// Communicates only between batches, never between arrival and exit. `event_ns` is asked after each exit, and tells
/// how long it took by this rank's GPU.
Measurement sample(const std::function<void()>& operation, const Ranks& ranks, const CommonClock& clock,
                   const Sampling& sampling, const std::function<double()>& event_ns = {},
                   const BatchDone& batch_done = {});

/// The guilty rank: last to arrive where waiting dominates, else last to leave; -1 unless one rank stands out in at
/// least half of the samples.
int slowest_rank(const std::vector<Sample>& samples, int ranks);

}  // namespace plumb::bench
