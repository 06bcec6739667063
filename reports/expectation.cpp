#include "reports/expectation.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/statistics.h"
#include "core/units.h"

namespace plumb::reports {
namespace {

constexpr double kHealthyFrom = 0.8;  // of the reference: what is slower tells nothing about healthy noise
constexpr double kLeastNoise = 0.02;  // of bandwidth
constexpr double kLeastLatencyNoise = 0.25;
constexpr double kUpper = 0.75;
constexpr double kNoLuckShare = 0.1;     // of the measurements
constexpr double kNoLuckEnds = 0.25;     // of the endpoints
constexpr std::size_t kNoLuckLeast = 4;  // endpoints

double value_of(const PairMeasurement& m, bool latency) { return latency ? m.p50_ns : m.bw_Bps; }

/// Median over the endpoints of what each reaches with its better partners, so that the slow half of a small fabric
/// does not become the measure of the rest: with s slow of n endpoints the plain median is slow from 2s(n-s) + s(s-1)
/// > n(n-1)/2 on (3 of 8), this from s > n/2.
double reference(const std::vector<const PairMeasurement*>& members, bool latency) {
  std::map<std::uint32_t, std::vector<double>> by_endpoint;
  for (const auto* m : members) {
    by_endpoint[m->src].push_back(value_of(*m, latency));
    by_endpoint[m->dst].push_back(value_of(*m, latency));
  }
  std::vector<double> best;
  for (auto& [endpoint, values] : by_endpoint) {
    std::sort(values.begin(), values.end());
    best.push_back(core::sorted_percentile(values, latency ? 1 - kUpper : kUpper));
  }
  return core::median(best);
}

/// The norm of clearly faster measurements, when they are too many, among too many endpoints, to be luck: then what
/// looked normal is the slow part of the fabric.
std::optional<double> faster_norm(const std::vector<const PairMeasurement*>& members, double norm) {
  std::vector<double> faster;
  std::set<std::uint32_t> fast_endpoints, endpoints;
  for (const auto* m : members) {
    endpoints.insert({m->src, m->dst});
    if (m->bw_Bps * kHealthyFrom > norm) {
      faster.push_back(m->bw_Bps);
      fast_endpoints.insert({m->src, m->dst});
    }
  }
  const bool is_luck =
      static_cast<double>(faster.size()) < kNoLuckShare * static_cast<double>(members.size()) ||
      static_cast<double>(fast_endpoints.size()) < kNoLuckEnds * static_cast<double>(endpoints.size()) ||
      fast_endpoints.size() < kNoLuckLeast;
  return is_luck ? std::nullopt : std::optional(core::median(faster));
}

std::string class_name(const PairSetting& setting, std::string_view distance) {
  return fmt::format("{} {}, {} {} memory{}{}, {}", setting.mode, core::format_bytes(setting.bytes), setting.backend,
                     setting.memory, setting.schedule.empty() ? "" : ", ", setting.schedule, distance);
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
    if (!latency && m->bw_Bps > 0) {
      stalls.push_back(m->min_bw_Bps / m->bw_Bps);
    }
  }
  e.measurements = members.size();
  e.expected = healthy.empty() ? first : core::median(healthy);
  const double noise = healthy.empty() ? 0 : core::scaled_mad(healthy) / e.expected;
  e.sigma = std::max(noise, latency ? kLeastLatencyNoise : kLeastNoise);
  e.stall = stalls.empty() ? 1 : core::median(stalls);
}

}  // namespace

Expectations::Expectations(const Evidence& evidence, const std::vector<Path>& paths,
                           const std::vector<std::uint32_t>& path_of_pair, const Limits& limits) {
  using Key = std::pair<std::uint32_t, std::string_view>;
  std::map<Key, std::uint32_t> index;
  std::vector<std::vector<const PairMeasurement*>> members;
  for (std::size_t m = 0; m < evidence.pairs.size(); ++m) {
    const auto& path = paths[path_of_pair[m]];
    const auto setting = evidence.pairs[m].setting;
    const auto [found, is_new] = index.emplace(Key(setting, path.distance), static_cast<std::uint32_t>(members.size()));
    if (is_new) {
      members.emplace_back();
      auto& e = classes_.emplace_back();
      e.name = class_name(evidence.settings[setting], path.distance);
      const auto share = limits.share_at(evidence.settings[setting].bytes);
      if (share && path.line_rate_Bps && evidence.settings[setting].mode == "uni") {
        e.floor = *share * *path.line_rate_Bps;
      }
    }
    members[found->second].push_back(&evidence.pairs[m]);
    class_of_.push_back(found->second);
  }
  for (const auto& [key, at] : index) {
    fill(classes_[at], members[at], evidence.settings[key.first].mode == "latency");
  }
}

}  // namespace plumb::reports
