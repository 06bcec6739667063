#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <ranges>

#include "core/statistics.h"
#include "core/units.h"
#include "reports/collective_cases.h"
#include "reports/judge.h"
#include "reports/places.h"
#include "topology/fabric_shape.h"

namespace plumb::reports {
namespace {

constexpr double kLeast = 0.5;  // of what pairs and map allow

/// The most that a collective's busbw can be, and why; 0: nothing tells.
struct Bound {
  double Bps = 0;
  std::string why;
};

/// What each end reaches alone at the largest size, ascending.
std::vector<double> end_rates(const Evidence& evidence, std::string_view backend, std::string_view memory) {
  core::Integer largest = 0;
  const auto counts = [&](const PairSetting& s) {
    return s.backend == backend && s.memory == memory && s.mode == "uni" && !s.is_loaded() && !s.is_loopback();
  };
  for (const auto& setting : evidence.settings) {
    largest = counts(setting) ? std::max(largest, setting.bytes) : largest;
  }
  std::map<std::uint32_t, std::vector<double>> rates;
  for (const auto& pair : evidence.pairs) {
    const auto& setting = evidence.settings[pair.setting];
    if (counts(setting) && setting.bytes == largest) {
      rates[pair.src].push_back(pair.bw_Bps);
    }
  }
  std::vector<double> medians;
  for (const auto& [end, of_end] : rates) {
    medians.push_back(core::median(of_end));
  }
  std::ranges::sort(medians);
  return medians;
}

/// busbw that a leaf with so many of all ranks, and so much rate up, allows.
double cut(const core::CaseRow& row, double up_Bps, double below) {
  const auto n = static_cast<double>(row.ranks);
  return row.collective == "alltoall" ? up_Bps * (n - 1) / (below * (n - below)) : 2 * (n - 1) / n * up_Bps;
}

/// What pairs and map allow a collective, for any number of cases.
class Bounds {
 public:
  Bounds(const Evidence& evidence, const Fabric& fabric, const Places& places)
      : evidence_(evidence), graph_(fabric.graph()), places_(places), shape_(fabric.graph()) {
    for (const auto& host : places.hosts) {
      hosts_.emplace(graph_.row(host.node).id, &host);
    }
  }

  Bound of(const Placed<core::CaseRow>& placed) {
    const auto& row = placed.row;
    Bound bound{end_rate(row), "what a rank's link reaches in pairs"};
    if (bound.Bps == 0) {
      return bound;
    }
    for (const auto& [leaf, below] : ranks_below(placed.run)) {
      const auto* const one = shape_.of(leaf);
      const bool counts =
          one != nullptr && one->up > 0 && shape_.knows_rates() && below < static_cast<double>(row.ranks);
      if (const double Bps = counts ? cut(row, one->up_Bps, below) : bound.Bps; Bps < bound.Bps) {
        bound = {Bps, fmt::format("the uplinks of {}, {} in all for {} ranks below", graph_.row(leaf).id,
                                  core::format_rate(one->up_Bps), below)};
      }
    }
    return bound;
  }

 private:
  /// Lower quartile over the ends; 0 where not each rank's was measured.
  double end_rate(const core::CaseRow& row) {
    auto& rates = end_rates_[{row.backend, row.memory}];
    if (!rates) {
      rates = end_rates(evidence_, row.backend, row.memory);
    }
    constexpr double kQuarter = 0.25;
    return rates->size() == static_cast<std::size_t>(row.ranks) && row.ranks > 1
               ? core::sorted_percentile(*rates, kQuarter)
               : 0;
  }

  /// Ranks by the leaf of their NIC, or of their host's only cable.
  [[nodiscard]] std::map<topology::NodeIndex, double> ranks_below(std::size_t run) const {
    std::map<topology::NodeIndex, double> below;
    for (const auto& rank : evidence_.ranks[run]) {
      const auto& name = evidence_.words[rank.host];
      const auto nic = graph_.find(fmt::format("nic/{}/{}", name, evidence_.words[rank.nic]));
      const auto host = hosts_.find("host/" + name);
      const auto leaf = nic                                                        ? places_.leaf_of[*nic]
                        : host != hosts_.end() && host->second->leaves.size() == 1 ? host->second->leaves.front()
                                                                                   : Places::kNowhere;
      if (leaf != Places::kNowhere) {
        ++below[places_.leaves[leaf].node];
      }
    }
    return below;
  }

  const Evidence& evidence_;
  const topology::Graph& graph_;
  const Places& places_;
  topology::FabricShape shape_;
  std::map<std::string_view, const Places::Host*> hosts_;
  std::map<std::pair<std::string_view, std::string_view>, std::optional<std::vector<double>>>
      end_rates_;  // by backend, memory
};

/// How much more than rings and trees the algorithm sends; where that is not known, as much as those of others than
/// NCCL may.
double detour(const core::CaseRow& row) {
  if (const double busbw = row.busbw_Bps.value_or(0); row.linkbw_Bps && busbw > 0) {
    return *row.linkbw_Bps / busbw;
  }
  return row.backend == "nccl" ? 1 : std::max(1.0, std::ceil(std::log2(static_cast<double>(row.ranks))) / 2);
}

/// " (ring LL128)"; empty where it is not known.
std::string by_words(const core::CaseRow& row) {
  return row.algorithm.empty() ? ""
                               : fmt::format(" ({}{})", row.algorithm, row.protocol.empty() ? "" : " " + row.protocol);
}

/// The largest case of each collective, backend and memory of a run.
std::vector<const Placed<core::CaseRow>*> largest_cases(const Evidence& evidence) {
  std::map<std::tuple<std::size_t, std::string_view, std::string_view, std::string_view>, const Placed<core::CaseRow>*>
      largest;
  for (const auto& placed : evidence.cases) {
    const auto& row = placed.row;
    const bool counts = tells_bandwidth(row) && row.ranks > 1 && !row.group &&
                        (row.collective == "allreduce" || row.collective == "alltoall");
    if (auto*& best = largest[{placed.run, row.collective, row.backend, row.memory}];
        counts && (best == nullptr || row.bytes > best->row.bytes)) {
      best = &placed;
    }
  }
  std::vector<const Placed<core::CaseRow>*> cases;
  for (const auto& [what, placed] : largest) {
    if (placed != nullptr) {
      cases.push_back(placed);
    }
  }
  return cases;
}

void add(const Placed<core::CaseRow>& placed, core::EvidenceItem says, double slowdown, core::Verdict& verdict) {
  const auto known = std::ranges::find(verdict.findings, core::FindingKind::slow_under_load, &core::Finding::kind);
  if (known != verdict.findings.end()) {
    known->evidence.push_back(std::move(says));
    return;
  }
  core::Finding finding{.severity = core::Severity::warn, .kind = core::FindingKind::slow_under_load};
  finding.slowdown = slowdown;
  finding.title = fmt::format("{} of {} ranks is at {} of what pairs and map allow", placed.row.collective,
                              placed.row.ranks, core::format_percent(slowdown));
  finding.evidence.push_back(std::move(says));
  finding.advice =
      "something that only load shows is in the way: measure plumb-pairs --schedule all-rails:6 in the same "
      "run, which names the leaf; look at the algorithm that was taken, too";
  verdict.findings.push_back(std::move(finding));
}

}  // namespace

core::Finding* slowest_finding(std::vector<core::Finding>& findings) {
  core::Finding* slowest = nullptr;
  double least = 1;
  for (auto& finding : findings) {
    if (const double slowdown = finding.slowdown.value_or(1);
        finding.severity != core::Severity::info && slowdown < least) {
      slowest = &finding;
      least = slowdown;
    }
  }
  return slowest;
}

void judge_collectives(const Evidence& evidence, const Fabric& fabric, const Places& places, core::Verdict& verdict) {
  const auto cases = largest_cases(evidence);
  auto ranks = evidence.ranks | std::views::join;
  const auto is_elsewhere = [&](const RankPlace& rank) { return rank.host != ranks.front().host; };
  if (cases.empty() || std::ranges::none_of(ranks, is_elsewhere)) {
    return;
  }
  Bounds bounds(evidence, fabric, places);
  const auto* const part = slowest_finding(verdict.findings);
  const double slowest = part != nullptr ? part->slowdown.value_or(1) : 1;
  for (const auto* placed : cases) {
    const auto bound = bounds.of(*placed);
    const double allowed = bound.Bps * slowest / detour(placed->row);
    if (const double busbw = placed->row.busbw_Bps.value_or(0); busbw < kLeast * allowed) {
      add(*placed,
          {evidence.file_of(placed->place), placed->place.line,
           fmt::format("{}: busbw {}{}, at most {}, by {}", placed->row.name, core::format_rate(busbw),
                       by_words(placed->row), core::format_rate(allowed), bound.why)},
          busbw / allowed, verdict);
    }
  }
}

}  // namespace plumb::reports
