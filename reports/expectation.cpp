#include "reports/expectation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/statistics.h"
#include "core/units.h"
#include "reports/grouped.h"
#include "reports/parallel.h"

namespace plumb::reports {
namespace {

constexpr double kHealthyFrom = 0.8;  // of the reference: what is slower tells nothing about healthy noise
constexpr double kLeastNoise = 0.02;  // of bandwidth
constexpr double kLeastLatencyNoise = 0.25;
constexpr double kUpper = 0.75, kMiddle = 0.5;
constexpr double kNoLuckShare = 0.1;                               // of the measurements
constexpr double kNoLuckEnds = 0.25;                               // of the endpoints
constexpr std::size_t kNoLuckLeast = 4;                            // endpoints
constexpr std::size_t kNormMeasurements = 12, kNormEndpoints = 6;  // a class needs as many to have a norm of its own

double value_of(const PairMeasurement& m, bool latency) { return latency ? m.p50_ns : m.bw_Bps; }

/// Median over the endpoints of what each reaches with its better partners, so that the slow half of a small fabric
/// does not become the measure of the rest: with s slow of n endpoints the plain median is slow from 2s(n-s) + s(s-1)
/// > n(n-1)/2 on (3 of 8), this from s > n/2. Of latencies the middle: they have two modes on healthy hosts (a
/// processor sleeps, or not), of which the faster one is luck.
double reference(const std::vector<const PairMeasurement*>& members, bool latency) {
  std::size_t ends = 0;
  for (const auto* m : members) {
    ends = std::max<std::size_t>(ends, std::max(m->src, m->dst) + 1);
  }
  Grouped<double> by_end(ends, [&](auto&& visit) {
    for (const auto* m : members) {
      visit(m->src, value_of(*m, latency));
      visit(m->dst, value_of(*m, latency));
    }
  });
  std::vector<double> best;
  for (std::size_t end = 0; end < ends; ++end) {
    if (const auto own = by_end.of(end); !own.empty()) {
      std::ranges::sort(own);
      best.push_back(core::sorted_percentile(own, latency ? kMiddle : kUpper));
    }
  }
  return core::median(best);
}

std::size_t distinct(std::vector<std::uint32_t>& endpoints) {
  std::ranges::sort(endpoints);
  return static_cast<std::size_t>(std::unique(endpoints.begin(), endpoints.end()) - endpoints.begin());
}

/// The norm of clearly faster measurements, when they are too many, among too many endpoints, to be luck: then what
/// looked normal is the slow part of the fabric.
std::optional<double> faster_norm(const std::vector<const PairMeasurement*>& members, double norm) {
  std::vector<double> faster;
  std::vector<std::uint32_t> fast_endpoints, endpoints;
  for (const auto* m : members) {
    if (m->bw_Bps * kHealthyFrom > norm) {
      faster.push_back(m->bw_Bps);
      fast_endpoints.insert(fast_endpoints.end(), {m->src, m->dst});
    }
  }
  if (static_cast<double>(faster.size()) < kNoLuckShare * static_cast<double>(members.size())) {
    return std::nullopt;
  }
  std::ranges::for_each(members, [&](const auto* m) { endpoints.insert(endpoints.end(), {m->src, m->dst}); });
  const auto fast = distinct(fast_endpoints);
  const bool is_luck =
      static_cast<double>(fast) < kNoLuckEnds * static_cast<double>(distinct(endpoints)) || fast < kNoLuckLeast;
  return is_luck ? std::nullopt : std::optional(core::median(faster));
}

std::string class_name(const PairSetting& setting, std::string_view distance) {
  const bool is_named = !setting.schedule.empty() && setting.schedule != distance;
  return fmt::format("{} {}, {} {} memory{}{}, {}", setting.mode, core::format_bytes(setting.bytes), setting.backend,
                     setting.memory, is_named ? ", " : "", is_named ? setting.schedule : "", distance);
}

/// Drops what lies outside the noise of the rest: the slow ones would pull the middle down.
void trim(std::vector<double>& values, double middle) {
  constexpr double kSigmas = 2.5;
  constexpr int kTurns = 2;
  if (values.empty()) {
    values.push_back(middle);
  }
  for (int turn = 0; turn < kTurns && values.size() >= kNormMeasurements; ++turn) {
    const double now = core::median(values), reach = kSigmas * core::scaled_mad(values);
    std::erase_if(values, [&](double v) { return std::abs(v - now) > reach; });
  }
}

/// Of few measurements, the spread is not known well.
double least_noise(std::size_t measurements, bool latency) {
  constexpr std::size_t kMany = 500;
  return latency ? kLeastLatencyNoise : measurements < kMany ? kLeastNoise : kLeastNoise / 2;
}

void fill(Expectation& e, const std::vector<const PairMeasurement*>& members, bool latency) {
  double first = reference(members, latency);
  for (auto faster = latency ? std::nullopt : faster_norm(members, first); faster;
       faster = faster_norm(members, first)) {
    first = *faster;
  }
  std::vector<double> healthy, stalls;
  for (const auto* m : members) {
    const double value = value_of(*m, latency);
    const double ratio = latency ? first / std::max(value, 1.0) : value / first;
    if (ratio >= kHealthyFrom) {
      healthy.push_back(value);
    }
    if (!latency && m->bw_Bps > 0 && m->min_bw_Bps > 0) {
      stalls.push_back(m->min_bw_Bps / m->bw_Bps);
    }
  }
  e.measurements = members.size();
  trim(healthy, first);
  e.expected = core::median(healthy);
  e.sigma = std::max(core::scaled_mad(healthy) / e.expected, least_noise(healthy.size(), latency));
  e.stall = stalls.empty() ? 1 : core::median(stalls);
  e.stall_noise = stalls.empty() ? 0 : core::scaled_mad(stalls) / std::max(e.stall, 1e-3);
}

/// Too few to tell what is normal among them.
bool is_small(const Evidence& evidence, const std::vector<std::uint32_t>& members) {
  std::set<std::uint32_t> endpoints;
  for (const auto m : members) {
    endpoints.insert({evidence.pairs[m].src, evidence.pairs[m].dst});
    if (members.size() >= kNormMeasurements && endpoints.size() >= kNormEndpoints) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool Expectations::Key::is_comparable(const Key& other) const {
  auto nearer = path;
  nearer.distance = other.path.distance;
  return setting == other.setting && nearer == other.path && other.path.distance != kSameHost;
}

void Expectations::join_small(const Evidence& evidence, std::map<Key, Members>& classes) {
  for (auto at = classes.begin(); at != classes.end();) {
    auto largest = classes.end();
    const bool alone = at->first.path.distance == kSameHost || !is_small(evidence, at->second);
    for (auto other = classes.begin(); !alone && other != classes.end(); ++other) {
      const bool is_larger = largest == classes.end() || other->second.size() > largest->second.size();
      largest = at->first.is_comparable(other->first) && is_larger ? other : largest;
    }
    const bool joins = largest != classes.end() && at != largest;
    if (joins) {
      largest->second.insert(largest->second.end(), at->second.begin(), at->second.end());
    }
    at = joins ? classes.erase(at) : std::next(at);
  }
}

void Expectations::fill_class(std::uint32_t index, const Key& key, const Members& members, const Evidence& evidence,
                              const Limits& limits) {
  const auto& setting = evidence.settings[key.setting];
  std::vector<const PairMeasurement*> pairs;
  for (const auto m : members) {
    pairs.push_back(&evidence.pairs[m]);
    class_of_[m] = index;
  }
  auto& e = classes_[index];
  e.name = class_name(setting, key.path.distance);
  fill(e, pairs, setting.mode == "latency");
  const auto share = limits.share_at(setting.bytes);
  if (share && key.path.line_rate_Bps > 0 && setting.mode == "uni" && !setting.is_loaded()) {
    e.floor = *share * key.path.line_rate_Bps;
  }
}

Expectations::Expectations(const Evidence& evidence, const Paths& paths, const Limits& limits)
    : class_of_(evidence.pairs.size()) {
  std::vector<Members> sorted(evidence.settings.size() * paths.classes.size());
  for (std::uint32_t m = 0; m < evidence.pairs.size(); ++m) {
    sorted[evidence.pairs[m].setting * paths.classes.size() + paths.class_of[m]].push_back(m);
  }
  std::map<Key, Members> classes;
  for (std::uint32_t i = 0; i < sorted.size(); ++i) {
    if (!sorted[i].empty()) {
      const auto setting = static_cast<std::uint32_t>(i / paths.classes.size());
      classes.emplace(Key{setting, paths.classes[i % paths.classes.size()]}, std::move(sorted[i]));
    }
  }
  join_small(evidence, classes);
  classes_.resize(classes.size());
  const std::vector<std::pair<Key, Members>> known(classes.begin(), classes.end());
  const auto fill_some = [&](std::size_t first, std::size_t end) {
    for (auto i = first; i < end; ++i) {
      fill_class(static_cast<std::uint32_t>(i), known[i].first, known[i].second, evidence, limits);
    }
  };
  in_parallel(known.size(), fill_some, 1);
}

}  // namespace plumb::reports
