// Measures one pair in one phase. Both ends call the matching halves; only the end that reads the clock has figures.
#pragma once

#include <cstdint>
#include <vector>

#include "bench/channel.h"
#include "bench/clock.h"
#include "bench/rail_parts.h"
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

/// A pair as this end sees it: ranks, and over how many NICs a message of `bytes` is cut.
struct PairEnds {
  int self = 0, peer = 0;
  std::int64_t bytes = 0;
  std::size_t rails = 1;
};

class PairMeter {
 public:
  PairMeter(Channel& channel, const Clock& clock, const PairSampling& sampling, const PairEnds& ends, Pulse& pulse);

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

  /// Of the last windows that this end received, by rail: each from the start of a window until its part has arrived.
  /// Empty where messages go over one.
  [[nodiscard]] std::vector<PairFigures> take_rails();

 private:
  /// By the number of samples and the time since `start_ns`.
  [[nodiscard]] bool wants_more(std::size_t done, double start_ns) const;
  [[nodiscard]] int untimed_pings() const;
  /// Lets the peer start a window, or stop.
  bool another(std::size_t done, double start_ns);
  PairFigures figures_of(std::vector<double>& times, double bytes) const;
  std::int64_t wrong_bytes();
  void clear_slots();
  [[nodiscard]] double window_bytes() const;
  void complete_receives(double start_ns);

  Channel& channel_;
  const Clock& clock_;
  const PairSampling& sampling_;
  PairEnds ends_;
  Pulse& pulse_;
  struct Rail {
    RailPart part;              // of a message
    std::vector<double> times;  // of windows, ns
    std::int64_t wrong = 0;
  };
  std::vector<Rail> rails_;  // that a message goes over
};

}  // namespace plumb::bench
