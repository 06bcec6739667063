// Measures one pair in one phase. Both ends call the matching halves; only the end that reads the clock has figures.
#pragma once

#include <cstdint>
#include <vector>

#include "bench/channel.h"
#include "bench/clock.h"
#include "bench/watchdog.h"

namespace plumb::bench {

struct PairSampling {
  int window = 8;          // messages under way at once
  int windows = 20;        // timed
  int warmup = 2;          // windows, or a tenth of the ping-pongs
  int pings = 100;         // 0: no latency phase
  double budget_ns = 2e9;  // stop a phase that takes longer, once it has kLeastSamples
  bool check = true;
  std::uint64_t seed = 1;
  int plant_wrong = -1;  // rank that flips a bit of what it received, to show that the check can fail
};

inline constexpr int kLeastSamples = 5;

/// One direction of a pair. Times are of whole windows (a ping-pong's half in the latency phase).
struct PairFigures {
  std::int64_t samples = 0;
  double p50_ns = 0, p99_ns = 0, bw_Bps = 0, min_bw_Bps = 0;
  std::int64_t wrong = 0;  // bytes that arrived different from what was sent
};

/// `bytes` a sample over the median time, and over the longest. Needs one sample.
PairFigures pair_figures(const std::vector<double>& times_ns, double bytes);

/// This end of a pair: `self` and `peer` are ranks.
class PairMeter {
 public:
  PairMeter(Channel& channel, const Clock& clock, const PairSampling& sampling, int self, int peer, std::int64_t bytes,
            Pulse& pulse);

  PairFigures lead_latency();
  PairFigures follow_latency();
  /// One way: a window is timed from its first send to the word that all of it has arrived.
  PairFigures send();
  PairFigures receive();
  /// Both ways at once: each end times its own receives.
  PairFigures exchange(bool leads);
  /// This rank is its own peer. One way: from the start of a message, or of a window, until it has arrived.
  PairFigures loop_latency();
  PairFigures loop();

 private:
  /// By the number of samples and the time since `start_ns`.
  [[nodiscard]] bool wants_more(std::size_t done, double start_ns) const;
  [[nodiscard]] int untimed_pings() const;
  /// Lets the peer start a window, or stop.
  bool another(std::size_t done, double start_ns);
  PairFigures figures_of(std::vector<double>& times) const;
  std::int64_t wrong_bytes();
  void clear_slots();
  [[nodiscard]] double window_bytes() const;

  Channel& channel_;
  const Clock& clock_;
  const PairSampling& sampling_;
  int self_, peer_;
  std::int64_t bytes_;
  Pulse& pulse_;
};

}  // namespace plumb::bench
