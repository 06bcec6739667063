#include "reports/load.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "reports/crowd.h"

namespace plumb::reports {
namespace {

/// What is sent at the same time: one direction of each pair of a round.
using Moment = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, bool>;  // file, setting, round, second direction
using Moments = std::map<Moment, std::vector<std::uint32_t>>;

Moments moments_of(const Evidence& evidence) {
  Moments moments;
  std::set<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>> seen;
  for (std::uint32_t m = 0; m < evidence.pairs.size(); ++m) {
    const auto& pair = evidence.pairs[m];
    const auto& setting = evidence.settings[pair.setting];
    if (!setting.is_loaded() || evidence.is_latency(pair)) {
      continue;
    }
    const auto [low, high] = std::minmax(pair.src, pair.dst);
    const bool is_second =
        setting.mode == "uni" && !seen.emplace(pair.place.file, pair.setting, pair.round, low, high).second;
    moments[{pair.place.file, pair.setting, pair.round, is_second}].push_back(m);
  }
  return moments;
}

/// What is asked of unloaded rows: the setting but for the schedule, and the path but for its length.
using Question = std::tuple<std::string_view, std::string_view, std::string_view, core::Integer, double, std::uint32_t,
                            std::uint32_t>;

Question question_of(std::uint32_t m, const Evidence& evidence, const Paths& paths) {
  const auto& s = evidence.settings[evidence.pairs[m].setting];
  const auto& path = paths.classes[paths.class_of[m]];
  return {s.backend, s.memory, s.mode, s.bytes, path.line_rate_Bps, path.src_kind, path.dst_kind};
}

/// What ends reach alone.
class Alone {
 public:
  Alone(const Evidence& evidence, const Paths& paths, const Expectations& expectations,
        const std::vector<float>& ratio) {
    std::array<std::vector<std::vector<float>>, 2> ratios;
    ratios.fill(std::vector<std::vector<float>>(evidence.endpoints.size()));
    for (std::uint32_t m = 0; m < evidence.pairs.size(); ++m) {
      const auto& pair = evidence.pairs[m];
      const auto& setting = evidence.settings[pair.setting];
      if (setting.is_loaded() || setting.is_loopback() || evidence.is_latency(pair)) {
        continue;
      }
      ratios[0][pair.src].push_back(ratio[m]);
      ratios[1][pair.dst].push_back(ratio[m]);
      auto& norm = norms_[question_of(m, evidence, paths)];
      const auto& e = expectations.of(m);
      norm = std::max(norm, std::pair(e.measurements, e.expected));
    }
    for (const auto side : {0U, 1U}) {
      for (auto& of_end : ratios[side]) {
        const auto middle = of_end.begin() + static_cast<std::ptrdiff_t>(of_end.size() / 2);
        std::ranges::nth_element(of_end, middle);
        levels_[side].push_back(of_end.empty() ? 0 : std::min(1.F, *middle));
      }
    }
  }

  /// 0 when not known.
  [[nodiscard]] double rate_Bps(std::uint32_t m, const Evidence& evidence, const Paths& paths) const {
    const auto norm = norms_.find(question_of(m, evidence, paths));
    const auto& pair = evidence.pairs[m];
    return norm == norms_.end() ? 0 : norm->second.second * std::min(levels_[0][pair.src], levels_[1][pair.dst]);
  }

 private:
  std::map<Question, std::pair<std::uint64_t, double>> norms_;  // of the class with most measurements
  std::array<std::vector<float>, 2> levels_;                    // sent, received, by endpoint
};

}  // namespace

Load load_of(const Evidence& evidence, const Fabric& fabric, const Paths& paths, const Expectations& expectations,
             const std::vector<float>& ratio) {
  Load load;
  const auto moments = moments_of(evidence);
  if (moments.empty() || fabric.graph().empty()) {
    return load;
  }
  const CrowdedWays ways(fabric, paths);
  const Alone alone(evidence, paths, expectations, ratio);
  for (const auto& [moment, rows] : moments) {
    const auto shares = ways.shares(rows);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const double Bps = alone.rate_Bps(rows[i], evidence, paths);
      if (Bps > 0 && paths.classes[paths.class_of[rows[i]]].line_rate_Bps > 0) {
        load.rows.push_back({rows[i], static_cast<float>(Bps * shares[i]), shares[i], ways.crosses(rows[i])});
      }
    }
  }
  load.has.assign(load.rows.empty() ? 0 : evidence.pairs.size(), false);
  for (const auto& row : load.rows) {
    load.has[row.pair] = true;
  }
  return load;
}

}  // namespace plumb::reports
