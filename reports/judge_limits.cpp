#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "core/units.h"
#include "reports/collective_cases.h"
#include "reports/judge.h"

namespace plumb::reports {
namespace {

struct Shortfall {
  const Placed<core::CaseRow>* placed;
  const Limits::CollectiveFloor* floor;
  double share;
};

/// The worst of what a case falls short of.
std::optional<Shortfall> shortfall_of(const Placed<core::CaseRow>& placed, const Limits& limits) {
  std::optional<Shortfall> worst;
  for (const auto& floor : limits.collective_floors) {
    const auto share = floor.is_for(placed.row) ? floor.share_of(placed.row) : std::nullopt;
    if (share && *share < (worst ? worst->share : 1)) {
      worst = {&placed, &floor, *share};
    }
  }
  return worst;
}

/// "busbw 310 GB/s, the limit is 330 GB/s".
std::string words_for(const Shortfall& shortfall) {
  const auto& row = shortfall.placed->row;
  const auto& floor = *shortfall.floor;
  const double busbw = row.busbw_Bps.value_or(0);
  return floor.busbw_Bps_at_least && busbw < *floor.busbw_Bps_at_least
             ? fmt::format("busbw {}, the limit is {}", core::format_rate(busbw),
                           core::format_rate(*floor.busbw_Bps_at_least))
             : fmt::format("{}, the limit is {}", core::format_ns(static_cast<double>(row.p50_ns.value_or(0))),
                           core::format_ns(floor.p50_ns_at_most.value_or(0)));
}

/// "allreduce of 16 ranks on 2 hosts over nccl (ring)".
std::string subject_of(const core::CaseRow& row) {
  return fmt::format("{} of {} ranks{} over {}{}", row.collective, row.ranks,
                     row.hosts ? fmt::format(" on {} host{}", *row.hosts, *row.hosts == 1 ? "" : "s") : "", row.backend,
                     row.algorithm.empty() ? "" : fmt::format(" ({})", row.algorithm));
}

core::EvidenceItem evidence_of(const Evidence& evidence, const Shortfall& shortfall) {
  return {evidence.file_of(shortfall.placed->place), shortfall.placed->place.line,
          fmt::format("{}: {}", shortfall.placed->row.name, words_for(shortfall))};
}

core::Finding finding_of(const Evidence& evidence, std::vector<Shortfall> all) {
  std::ranges::stable_sort(all, {}, &Shortfall::share);
  core::Finding finding{.severity = core::Severity::fail, .kind = core::FindingKind::slow_under_load};
  finding.slowdown = all.front().share;
  finding.title = fmt::format("{} misses its limit: {} at {}", subject_of(all.front().placed->row),
                              words_for(all.front()), core::format_bytes(all.front().placed->row.bytes));
  if (all.size() > 1) {
    finding.title += all.size() == 2 ? "; so does 1 more case" : fmt::format("; so do {} more cases", all.size() - 1);
  }
  for (const auto& one : all) {
    finding.evidence.push_back(evidence_of(evidence, one));
  }
  finding.advice =
      "no part explains it: compare algorithm, NICs and settings with the run that the limits are from, and measure "
      "plumb-pairs on the same hosts";
  return finding;
}

}  // namespace

void judge_limits(const Evidence& evidence, const Limits& limits, core::Verdict& verdict) {
  constexpr double kAsSlow = 0.95;  // as the part that explains it
  using Key = std::tuple<std::string_view, std::string_view, std::string_view, core::MaybeInteger, core::Integer>;
  std::map<Key, std::vector<Shortfall>> unexplained;
  auto* const part = slowest_finding(verdict.findings);
  for (const auto& placed : evidence.cases) {
    const auto& row = placed.row;
    const auto shortfall = tells_speed(row) ? shortfall_of(placed, limits) : std::nullopt;
    if (!shortfall) {
      continue;
    }
    if (part != nullptr && shortfall->share >= kAsSlow * part->slowdown.value_or(1)) {
      part->evidence.push_back(evidence_of(evidence, *shortfall));
    } else {
      unexplained[{row.collective, row.backend, row.memory, row.hosts, row.ranks}].push_back(*shortfall);
    }
  }
  for (auto& [subject, all] : unexplained) {
    verdict.findings.push_back(finding_of(evidence, std::move(all)));
  }
}

}  // namespace plumb::reports
