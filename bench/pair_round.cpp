#include "bench/pair_round.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>

namespace plumb::bench {
namespace {

constexpr std::size_t kFigures = 6;  // of PairFigures, as sent to rank 0

/// This rank's part in a round.
struct Place {
  RankPair pair;
  int peer = -1;  // -1: none, a bye
  bool is_a = false;
};

Place place_in(const PairRound& round, int rank) {
  for (const auto& pair : round) {
    if (pair.a == rank || pair.b == rank) {
      return {pair, pair.a == rank ? pair.b : pair.a, pair.a == rank};
    }
  }
  return {};
}

/// Runs `phases[i]` (and for `bi` its twin, which the other end times); all pairs enter together.
PairFigures run_phase(const PairPhase& phase, PairMeter& meter, const Place& place) {
  const bool is_a = place.is_a;
  if (place.pair.is_loopback()) {
    return phase.mode == "latency" ? meter.loop_latency() : meter.loop();
  }
  if (phase.mode == "latency") {
    return is_a ? meter.lead_latency() : meter.follow_latency();
  }
  if (phase.mode == "bi") {
    return meter.exchange(is_a);
  }
  return is_a == phase.forward ? meter.send() : meter.receive();
}

std::array<double, kFigures> packed(const PairFigures& f) {
  return {static_cast<double>(f.samples), f.p50_ns, f.p99_ns, f.bw_Bps, f.min_bw_Bps, static_cast<double>(f.wrong)};
}

/// Times from the end that took them, wrong bytes from both.
PairFigures joined(const double* a, const double* b) {
  const double* timed = a[0] > 0 ? a : b;
  const double wrong = a == b ? a[5] : a[5] + b[5];  // a rank may be its own partner
  return {.samples = static_cast<std::int64_t>(timed[0]),
          .p50_ns = timed[1],
          .p99_ns = timed[2],
          .bw_Bps = timed[3],
          .min_bw_Bps = timed[4],
          .wrong = static_cast<std::int64_t>(wrong)};
}

constexpr std::string_view kEnd{"\0", 1};  // between texts of a list

/// Text `index` of a list.
std::string piece(std::string_view list, std::size_t index) {
  for (; index > 0; --index) {
    list.remove_prefix(list.find(kEnd) + 1);
  }
  return std::string(list.substr(0, list.find(kEnd)));
}

/// The first that is not empty.
std::string first_of(std::initializer_list<std::string> texts) {
  const auto* const found = std::ranges::find_if(texts, [](const std::string& text) { return !text.empty(); });
  return found == texts.end() ? "" : *found;
}

/// Phases that one channel serves: those with the same message size.
using PhaseSpan = std::pair<std::size_t, std::size_t>;

class RoundRun {
 public:
  RoundRun(const PairRound& round, const std::vector<PairPhase>& phases, PointToPoint& messages, const Ranks& ranks,
           const Clock& clock, const PairSampling& sampling, Pulse& pulse)
      : round_(round),
        phases_(phases),
        messages_(messages),
        ranks_(ranks),
        clock_(clock),
        sampling_(sampling),
        pulse_(pulse),
        place_(place_in(round, ranks.rank())),
        mine_(kFigures * phases.size() * messages.rails()),
        broken_(phases.size()) {}

  std::vector<PairResult> run() {
    for (std::size_t first = 0; first < phases_.size();) {
      std::size_t last = first;
      while (last < phases_.size() && phases_[last].bytes == phases_[first].bytes &&
             (phases_[last].mode == "latency") == (phases_[first].mode == "latency")) {
        ++last;
      }
      run_size({first, last});
      first = last;
    }
    return collect();
  }

 private:
  void run_size(PhaseSpan span) {
    std::string reason;
    std::unique_ptr<Channel> channel;
    const std::int64_t bytes = phases_[span.first].bytes;
    try {
      if (place_.peer >= 0) {
        channel = messages_.open(place_.peer, bytes, phases_[span.first].mode == "latency" ? 1 : sampling_.window);
      }
    } catch (const std::exception& error) {
      reason = fmt::format("rank {} (host {}): {}", ranks_.rank(), host_name(), error.what());
    }
    if (place_.peer >= 0) {
      reason = first_of({reason, ranks_.swap(place_.peer, reason)});
    }
    if (!reason.empty()) {  // of this pair; the others go on
      std::fill(broken_.begin() + std::ptrdiff_t(span.first), broken_.begin() + std::ptrdiff_t(span.second), reason);
      channel.reset();
    }
    std::optional<PairMeter> meter;
    if (channel) {
      meter.emplace(*channel, clock_, sampling_, PairEnds{ranks_.rank(), place_.peer, bytes, messages_.rails()},
                    pulse_);
    }
    for (std::size_t i = span.first; i < span.second; ++i) {
      run_one(i, meter);
    }
  }

  void run_one(std::size_t i, std::optional<PairMeter>& meter) {
    const bool both_ways = phases_[i].mode == "bi";
    if (both_ways && !phases_[i].forward) {
      return;  // measured together with its twin
    }
    pulse_.step();
    ranks_.barrier();
    pulse_.step();
    if (!meter) {
      return;
    }
    const std::size_t slot = both_ways && place_.is_a ? i + 1 : i;  // who receives times the direction towards it
    try {
      const auto figures = run_phase(phases_[i], *meter, place_);
      const auto rails = meter->take_rails();
      keep(slot, is_by_rail(phases_[i]) ? rails : std::vector{figures});
    } catch (const std::exception& error) {  // the connection broke; other pairs go on
      broken_[i] = broken_[slot] = fmt::format("rank {} (host {}): {}", ranks_.rank(), host_name(), error.what());
    }
  }

  /// Over one rail, or a ping-pong, which waits for all of them: one figure.
  [[nodiscard]] bool is_by_rail(const PairPhase& phase) const { return rails_of(phase) > 1 && phase.mode != "latency"; }
  [[nodiscard]] std::size_t rails_of(const PairPhase& phase) const {
    return rails_used(static_cast<std::size_t>(phase.bytes), messages_.rails());
  }

  /// Figures of a phase as they are sent to rank 0: as many places as rails.
  void keep(std::size_t phase, const std::vector<PairFigures>& figures) {
    auto place = mine_.begin() + std::ptrdiff_t(kFigures * phase * messages_.rails());
    for (const auto& one : figures) {
      place = std::ranges::copy(packed(one), place).out;
    }
  }

  std::vector<PairResult> collect() const {
    const auto all = ranks_.gather(mine_);
    const auto broken = ranks_.gather(fmt::format("{}", fmt::join(broken_, kEnd)));
    std::vector<PairResult> results;
    if (!ranks_.first()) {
      return results;
    }
    for (const auto& pair : round_) {
      for (std::size_t i = 0; i < phases_.size(); ++i) {
        const auto reason = first_of(
            {piece(broken[static_cast<std::size_t>(pair.a)], i), piece(broken[static_cast<std::size_t>(pair.b)], i)});
        const bool by_rail = reason.empty() && is_by_rail(phases_[i]);
        for (std::size_t rail = 0; rail < (by_rail ? rails_of(phases_[i]) : 1); ++rail) {
          const auto figures_of = [&](int rank) {
            const auto phase = static_cast<std::size_t>(rank) * phases_.size() + i;
            return all.data() + kFigures * (phase * messages_.rails() + rail);
          };
          results.push_back({pair, &phases_[i], joined(figures_of(pair.a), figures_of(pair.b)), reason,
                             rail_told(phases_[i], reason, rail)});
        }
      }
    }
    return results;
  }

  /// What broke concerns all rails; so does a ping-pong over several.
  [[nodiscard]] std::optional<std::size_t> rail_told(const PairPhase& phase, const std::string& reason,
                                                     std::size_t rail) const {
    const bool is_of_one = reason.empty() && (is_by_rail(phase) || rails_of(phase) == 1);
    return messages_.rails() > 1 && is_of_one ? std::optional(rail) : std::nullopt;
  }

  const PairRound& round_;
  const std::vector<PairPhase>& phases_;
  PointToPoint& messages_;
  const Ranks& ranks_;
  const Clock& clock_;
  const PairSampling& sampling_;
  Pulse& pulse_;
  Place place_;
  std::vector<double> mine_;
  std::vector<std::string> broken_;  // by phase: why this rank's pair could not
};

}  // namespace

std::vector<PairPhase> pair_phases(const PairOptions& options) {
  std::vector<PairPhase> phases;
  if (options.sampling.pings > 0) {
    for (const auto bytes : options.latency_sizes) {
      phases.push_back({"latency", bytes, true});
    }
  }
  for (const auto bytes : options.sizes) {
    phases.push_back({"uni", bytes, true});
    if (options.schedule == kLoopback) {
      continue;  // it uses both directions of the NIC at once, and there is no other
    }
    phases.push_back({"uni", bytes, false});
    if (options.bidirectional) {
      phases.push_back({"bi", bytes, true});
      phases.push_back({"bi", bytes, false});
    }
  }
  return phases;
}

std::vector<PairResult> measure_round(const PairRound& round, const std::vector<PairPhase>& phases,
                                      PointToPoint& messages, const Ranks& ranks, const Clock& clock,
                                      const PairSampling& sampling, Pulse& pulse) {
  return RoundRun(round, phases, messages, ranks, clock, sampling, pulse).run();
}

}  // namespace plumb::bench
