#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "core/statistics.h"
#include "core/units.h"
#include "reports/judge.h"
#include "reports/ladder.h"

namespace plumb::reports {
namespace {

constexpr std::size_t kLeastPairs = 2;
constexpr double kFails = 0.75;  // of what is allowed

using Pair = std::pair<std::uint32_t, std::uint32_t>;  // of Evidence::endpoints
/// Measurements of one layer.
using Rows = std::map<Pair, std::vector<std::uint32_t>>;

/// One line of the ladder: what is equal for all that is compared.
struct Rung {
  std::string mode;
  core::Integer bytes = 0;
  std::string schedule;
  friend auto operator<=>(const Rung&, const Rung&) = default;
  [[nodiscard]] bool is_latency() const { return mode == "latency"; }
  [[nodiscard]] std::string name() const { return fmt::format("{} {}", mode, core::format_bytes(bytes)); }
};

/// A pair on two layers.
struct Compared {
  double share = 1;                            // of the time that is allowed, over the time taken
  double slowdown = 1;                         // time below over time taken
  std::uint32_t lower_row = 0, upper_row = 0;  // of Evidence::pairs
};

/// A layer against the one below it at one rung.
struct Drop {
  Rung rung;
  std::size_t lower = 0;            // of layers()
  Compared middle;                  // the pair in the middle
  std::size_t pairs = 0, slow = 0;  // compared; beyond what is allowed
  [[nodiscard]] double share() const { return middle.share; }
};

using Drops = std::map<std::size_t, std::vector<Drop>>;  // by layer

class LadderJudge {
 public:
  LadderJudge(const Evidence& evidence, const Paths& paths) : evidence_(evidence) {
    std::vector<std::optional<std::size_t>> layer;
    for (const auto& setting : evidence.settings) {
      layer.push_back(layer_of(setting));
    }
    if (std::ranges::count_if(layer, [&](const auto& one) { return one && one != layer.front(); }) == 0) {
      return;  // one library: the usual case, and there are millions of rows
    }
    for (std::uint32_t m = 0; m < evidence.pairs.size(); ++m) {
      const auto& pair = evidence.pairs[m];
      const auto& setting = evidence.settings[pair.setting];
      if (layer[pair.setting] && !paths.classes[paths.class_of[m]].is_within_host()) {
        rungs_[{setting.mode, setting.bytes, setting.schedule}][*layer[pair.setting]][{pair.src, pair.dst}].push_back(
            m);
      }
    }
  }

  [[nodiscard]] std::vector<core::LadderRow> table() const {
    std::vector<core::LadderRow> rows;
    for (const auto& [rung, by_layer] : rungs_) {
      const auto common = pairs_of_all(by_layer);
      if (by_layer.size() < 2 || common.empty()) {
        continue;
      }
      core::LadderRow row{rung.mode, rung.bytes, rung.schedule, common.size(), {}};
      for (const auto& [layer, measured] : by_layer) {
        std::vector<double> values;
        for (const auto& pair : common) {
          const double ns = time_ns(measured.at(pair), rung);
          values.push_back(rung.is_latency() ? ns : static_cast<double>(rung.bytes) / (ns * 1e-9));
        }
        row.steps.push_back({std::string(layers()[layer].name), core::median(values)});
      }
      rows.push_back(std::move(row));
    }
    return rows;
  }

  /// Layers that drop, each with where, worst first.
  [[nodiscard]] Drops drops() const {
    Drops found;
    for (const auto& [rung, by_layer] : rungs_) {
      for (const auto& [upper, measured] : by_layer) {
        if (const auto drop = compare(rung, upper, by_layer); drop && drop->share() < 1) {
          found[upper].push_back(*drop);
        }
      }
    }
    for (auto& [layer, list] : found) {
      std::ranges::stable_sort(list, {}, &Drop::share);
    }
    return found;
  }

  /// By index in Evidence::pairs; empty when there are none.
  [[nodiscard]] std::vector<bool> lost_rows(const Drops& drops) const {
    std::vector<bool> lost;
    for (const auto& [upper, list] : drops) {
      for (const auto& drop : list) {
        const auto& by_layer = rungs_.at(drop.rung);
        for (const auto& [pair, rows] : by_layer.at(upper)) {
          const auto below = by_layer.at(drop.lower).find(pair);
          if (below != by_layer.at(drop.lower).end() && share_of(drop.rung, upper, rows, below->second) < 1) {
            lost.resize(evidence_.pairs.size());
            std::ranges::for_each(rows, [&](auto m) { lost[m] = true; });
          }
        }
      }
    }
    return lost;
  }

  [[nodiscard]] core::Finding finding_of(std::size_t upper, const std::vector<Drop>& drops) const {
    const auto& worst = drops.front();
    const auto& layer = layers()[upper];
    const auto lower = layers()[worst.lower].name;
    const auto more = drops.size() > 1 ? fmt::format(", and at {} more", drops.size() - 1) : "";
    core::Finding finding{.severity = worst.share() < kFails ? core::Severity::fail : core::Severity::warn,
                          .kind = core::FindingKind::config,
                          .slowdown = worst.middle.slowdown};
    finding.title =
        worst.rung.is_latency()
            ? fmt::format(
                  "{} takes {:.1f} times as long as {} on the same pairs ({}{}): the loss is in {}, not in the fabric",
                  layer.name, 1 / worst.middle.slowdown, lower, worst.rung.name(), more, layer.name)
            : fmt::format("{} reaches {} of {} on the same pairs ({}{}): the loss is in {}, not in the fabric",
                          layer.name, core::format_percent(worst.middle.slowdown), lower, worst.rung.name(), more,
                          layer.name);
    for (const auto& drop : drops) {
      add_evidence(drop, finding);
    }
    finding.advice = layer.advice;
    return finding;
  }

 private:
  using ByLayer = std::map<std::size_t, Rows>;

  /// Of a message; the median over the rows.
  [[nodiscard]] double time_ns(const std::vector<std::uint32_t>& rows, const Rung& rung) const {
    std::vector<double> times;
    for (const auto m : rows) {
      const auto& pair = evidence_.pairs[m];
      times.push_back(rung.is_latency() ? pair.p50_ns
                                        : static_cast<double>(rung.bytes) / std::max(pair.bw_Bps, 1.0F) * 1e9);
    }
    return core::median(times);
  }

  /// Of the time that a pair may take on this layer, over what it takes.
  [[nodiscard]] double share_of(const Rung& rung, std::size_t upper, const std::vector<std::uint32_t>& above,
                                const std::vector<std::uint32_t>& below) const {
    return allowed_ns(layers()[upper], time_ns(below, rung), rung.is_latency()) / time_ns(above, rung);
  }

  static std::vector<Pair> pairs_of_all(const ByLayer& by_layer) {
    std::vector<Pair> common;
    for (const auto& [pair, rows] : by_layer.begin()->second) {
      if (std::ranges::all_of(by_layer, [&, &pair = pair](const auto& layer) { return layer.second.contains(pair); })) {
        common.push_back(pair);
      }
    }
    return common;
  }

  /// `upper` against the first layer below it that has enough of its pairs.
  [[nodiscard]] std::optional<Drop> compare(const Rung& rung, std::size_t upper, const ByLayer& by_layer) const {
    for (const auto name : layers()[upper].below) {
      const auto lower = static_cast<std::size_t>(std::ranges::find(layers(), name, &Layer::name) - layers().begin());
      if (const auto found = by_layer.find(lower); found != by_layer.end()) {
        if (auto drop = compare(rung, upper, by_layer.at(upper), found->second)) {
          drop->lower = lower;
          return drop;
        }
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<Drop> compare(const Rung& rung, std::size_t upper, const Rows& above,
                                            const Rows& below) const {
    std::vector<Compared> pairs;
    for (const auto& [pair, rows] : above) {
      if (const auto found = below.find(pair); found != below.end()) {
        pairs.push_back({share_of(rung, upper, rows, found->second), time_ns(found->second, rung) / time_ns(rows, rung),
                         found->second.front(), rows.front()});
      }
    }
    if (pairs.size() < kLeastPairs) {
      return std::nullopt;
    }
    std::ranges::stable_sort(pairs, {}, &Compared::share);
    const auto slow = std::ranges::count_if(pairs, [](const Compared& one) { return one.share < 1; });
    return Drop{rung, 0, pairs[pairs.size() / 2], pairs.size(), static_cast<std::size_t>(slow)};
  }

  void add_evidence(const Drop& drop, core::Finding& finding) const {
    for (const auto m : {drop.middle.upper_row, drop.middle.lower_row}) {
      const auto& pair = evidence_.pairs[m];
      const auto& setting = evidence_.settings[pair.setting];
      finding.evidence.push_back(
          {evidence_.file_of(pair.place), pair.place.line,
           fmt::format("{} to {} over {}: {} ({}; {} of {} pairs fall short)", evidence_.endpoints[pair.src],
                       evidence_.endpoints[pair.dst], setting.backend,
                       drop.rung.is_latency() ? core::format_ns(pair.p50_ns) : core::format_rate(pair.bw_Bps),
                       drop.rung.name(), drop.slow, drop.pairs)});
    }
  }

  const Evidence& evidence_;
  std::map<Rung, ByLayer> rungs_;
};

}  // namespace

Ladder ladder_of(const Evidence& evidence, const Paths& paths) {
  const LadderJudge judge(evidence, paths);
  const auto drops = judge.drops();
  Ladder ladder{judge.table(), {}, judge.lost_rows(drops)};
  for (const auto& [layer, of_layer] : drops) {
    ladder.findings.push_back(judge.finding_of(layer, of_layer));
  }
  return ladder;
}

}  // namespace plumb::reports
