#include "bench/sampler.h"

#include <algorithm>
#include <cmath>

#include "core/statistics.h"

namespace plumb::bench {
namespace {

constexpr std::int64_t kBatch = 50;           // samples between two exchanges of results
constexpr std::int64_t kSamplesToJudge = 20;  // before an interval is believed
constexpr double kStartLead = 3;              // round-time: in broadcast times

struct Stamp {
  double arrival_ns, exit_ns;  // on the common clock
  double event_ns;
  bool late;
};

/// Agrees on a start a little ahead and waits for it; true when this rank was already past it.
bool wait_for_round(const Ranks& ranks, const CommonClock& clock, double lead_ns) {
  const double now = clock.now_ns();
  const auto start = static_cast<double>(ranks.broadcast(static_cast<std::int64_t>(now + lead_ns)));
  if (clock.now_ns() > start) {
    return true;
  }
  while (clock.now_ns() < start) {
  }
  return false;
}

double start_lead_ns(const Ranks& ranks, const CommonClock& clock) {
  std::vector<double> times;
  for (int i = 0; i < 9; ++i) {
    ranks.barrier();
    const double before = clock.now_ns();
    (void)ranks.broadcast(static_cast<std::int64_t>(i));
    ranks.barrier();
    times.push_back(clock.now_ns() - before);
  }
  double lead = kStartLead * core::median(times) + 2 * clock.error_bound_ns();
  ranks.max_in_place({&lead, 1});
  return lead;
}

std::vector<Stamp> run_batch(const std::function<void()>& operation, const std::function<double()>& event_ns,
                             const Ranks& ranks, const CommonClock& clock, std::int64_t count, double lead_ns) {
  std::vector<Stamp> stamps(static_cast<std::size_t>(count));
  for (auto& stamp : stamps) {
    stamp.late = lead_ns > 0 && wait_for_round(ranks, clock, lead_ns);
    if (lead_ns <= 0) {
      ranks.barrier();
    }
    stamp.arrival_ns = clock.local_now_ns();
    operation();
    stamp.exit_ns = clock.local_now_ns();
    stamp.event_ns = event_ns ? event_ns() : 0;
  }
  for (auto& stamp : stamps) {
    stamp.arrival_ns = clock.to_common(stamp.arrival_ns);
    stamp.exit_ns = clock.to_common(stamp.exit_ns);
  }
  return stamps;
}

/// One exchange for the whole batch: maxima of seven figures a sample, with the rank that holds them. A sample is of
/// `calls` calls, its times of one.
void merge_batch(const std::vector<Stamp>& stamps, const Ranks& ranks, const CommonClock& clock, double calls,
                 Measurement& into) {
  std::vector<double> mine;
  for (const auto& s : stamps) {
    const double inside = s.exit_ns - s.arrival_ns;
    mine.insert(mine.end(), {s.arrival_ns, -s.arrival_ns, s.exit_ns, inside, -inside, s.late ? 1.0 : 0.0, s.event_ns});
  }
  const auto all = ranks.max_with_rank(mine);
  for (std::size_t i = 0; i < stamps.size(); ++i) {
    const ValueAtRank* at = &all[7 * i];
    const double first_arrival = -at[1].value;
    const bool told_apart = at[0].value - first_arrival > clock.error_bound_ns();
    into.samples.push_back({.cost_ns = std::max(at[2].value - at[0].value, 0.0) / calls,
                            .skew_ns = (at[2].value - first_arrival) / calls,
                            .longest_ns = at[3].value / calls,
                            .shortest_ns = -at[4].value / calls,
                            .event_ns = at[6].value / calls,
                            .last_to_arrive = told_apart ? at[0].rank : -1,
                            .last_to_leave = at[2].rank,
                            .valid = at[5].value == 0.0});
    into.own.push_back({stamps[i].arrival_ns - first_arrival, stamps[i].exit_ns - first_arrival,
                        (stamps[i].exit_ns - stamps[i].arrival_ns) / calls});
  }
}

std::vector<double> valid_costs(const Measurement& measurement) {
  std::vector<double> costs;
  for (const auto& sample : measurement.samples) {
    if (sample.valid) {
      costs.push_back(sample.cost_ns);
    }
  }
  return costs;
}

bool interval_is_within(std::vector<double> costs, double share) {
  if (static_cast<std::int64_t>(costs.size()) < kSamplesToJudge) {
    return false;
  }
  std::sort(costs.begin(), costs.end());
  const auto interval = core::median_interval(costs);
  return interval && (interval->high - interval->low) / 2 <= share * core::median(costs);
}

/// Why to stop now, or empty. Every rank has the same figures and so the same answer.
std::string stop_reason(const StopRule& rule, const Measurement& so_far, double elapsed_ns) {
  const auto count = static_cast<std::int64_t>(so_far.samples.size());
  if (rule.duration_ns > 0) {
    return elapsed_ns >= rule.duration_ns ? "duration" : "";
  }
  if (rule.until <= 0) {
    return count >= rule.samples ? "samples" : "";
  }
  if (interval_is_within(valid_costs(so_far), rule.until)) {
    return "interval";
  }
  return count >= rule.max_samples ? "max-samples" : elapsed_ns >= rule.max_ns ? "max-time" : "";
}

std::int64_t next_batch(const StopRule& rule, const Measurement& so_far, double elapsed_ns) {
  const auto count = static_cast<std::int64_t>(so_far.samples.size());
  if (rule.duration_ns <= 0 && rule.until <= 0) {
    return std::min(kBatch, rule.samples - count);
  }
  const double budget_ns = rule.duration_ns > 0 ? rule.duration_ns : rule.max_ns;
  if (count == 0) {
    return 1;  // the first tells how many fit
  }
  const double fit = (budget_ns - elapsed_ns) / (elapsed_ns / static_cast<double>(count));
  return std::clamp(static_cast<std::int64_t>(std::min(fit, 1e9)), std::int64_t{1}, kBatch);
}

}  // namespace

Measurement sample(const std::function<void()>& operation, const Ranks& ranks, const CommonClock& clock,
                   const Sampling& sampling, const std::function<double()>& event_ns, const BatchDone& batch_done) {
  for (std::int64_t i = 0; i < sampling.warmup; ++i) {
    operation();
  }
  const double lead_ns = sampling.sync == SyncMode::round_time ? start_lead_ns(ranks, clock) : 0;
  Measurement measurement;
  double elapsed_ns = 0;
  while (measurement.stop_reason.empty()) {
    double batch_ns = -clock.now_ns();
    const auto count = next_batch(sampling.stop, measurement, elapsed_ns);
    merge_batch(run_batch(operation, event_ns, ranks, clock, count, lead_ns), ranks, clock, sampling.calls,
                measurement);
    batch_ns += clock.now_ns();
    ranks.max_in_place({&batch_ns, 1});
    elapsed_ns += batch_ns;
    measurement.stop_reason = stop_reason(sampling.stop, measurement, elapsed_ns);
    if (batch_done) {
      batch_done(static_cast<std::int64_t>(measurement.samples.size()));
    }
  }
  return measurement;
}

int slowest_rank(const std::vector<Sample>& samples, int ranks) {
  std::vector<std::size_t> votes(static_cast<std::size_t>(ranks));
  for (const auto& sample : samples) {
    const bool waiting_dominates = sample.skew_ns - sample.cost_ns > sample.cost_ns;
    const int rank = waiting_dominates ? sample.last_to_arrive : sample.last_to_leave;
    if (rank >= 0) {
      ++votes[static_cast<std::size_t>(rank)];
    }
  }
  const auto most = std::max_element(votes.begin(), votes.end());
  return ranks > 1 && *most * 2 >= samples.size() && *most > 0 ? static_cast<int>(most - votes.begin()) : -1;
}

}  // namespace plumb::bench
