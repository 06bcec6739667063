#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/units.h"
#include "reports/judge.h"
#include "reports/localise.h"
#include "reports/rank_text.h"
#include "reports/words.h"

namespace plumb::reports {
namespace {

constexpr std::size_t kQuoted = 5;
constexpr double kByChance = 0.05;  // of all rows: fewer, all over the fabric, are for a re-test

Incidence incidence_of(const Fabric& fabric, const PairView& view) {
  Incidence incidence;
  incidence.touched = &view.paths.touches;
  incidence.log_prior = log_priors(fabric);
  const auto& paths = view.paths;
  for (auto path = paths.of_failed(0); path < paths.touches.size(); ++path) {
    incidence.add(0, 0, path);
  }
  for (std::size_t m = 0; m < paths.measured(); ++m) {
    incidence.add(1, 0, paths.of_pair(m));
  }
  return incidence;
}

/// The reason that most of them give.
std::string usual_reason(const Evidence& evidence, const std::vector<std::uint64_t>& rows) {
  std::map<std::string, std::size_t> reasons;
  for (const auto row : rows) {
    ++reasons[evidence.failed_pairs[row].row.reason];
  }
  return std::ranges::max_element(reasons, {}, [](const auto& one) { return one.second; })->first;
}

core::Finding finding_of(const Blame& blame, const Evidence& evidence, const Fabric& fabric) {
  core::Finding finding;
  finding.suspects = suspects_of(blame, fabric);
  const auto& top = fabric.parts()[blame.suspects.front().part];
  finding.kind = slow_kind(top.kind);
  finding.slowdown = 0;
  finding.title = fmt::format("{}: {} of {} measurements failed: {}{}", spoken(top), blame.explained.size(),
                              blame.touched, usual_reason(evidence, blame.explained), not_told_apart(blame, fabric));
  for (std::size_t i = 0; i < std::min(kQuoted, blame.explained.size()); ++i) {
    const auto& placed = evidence.failed_pairs[blame.explained[i]];
    finding.evidence.push_back({evidence.file_of(placed.place), placed.place.line,
                                fmt::format("{} to {}: {}", placed.row.src, placed.row.dst, placed.row.reason)});
  }
  finding.advice = "look at its link state, its counters and the kernel log on both ends, then measure again";
  return finding;
}

}  // namespace

std::vector<std::size_t> judge_failed_pairs(const Evidence& evidence, const Fabric& fabric, const PairView& view,
                                            core::Verdict& verdict) {
  std::vector<std::size_t> rest;
  if (evidence.failed_pairs.empty()) {
    return rest;
  }
  std::vector<bool> is_explained(evidence.failed_pairs.size());
  for (const auto& blame : localise_events(incidence_of(fabric, view)).blames) {
    verdict.findings.push_back(finding_of(blame, evidence, fabric));
    for (const auto row : blame.explained) {
      is_explained[row] = true;
    }
  }
  std::size_t by_chance = 0;
  const auto all = static_cast<double>(evidence.failed_pairs.size() + evidence.pairs.size());
  const auto unexplained = static_cast<double>(std::ranges::count(is_explained, false));
  for (std::size_t i = 0; i < is_explained.size(); ++i) {
    if (!is_explained[i] && (unexplained > kByChance * all || means_hung(evidence.failed_pairs[i].row.reason))) {
      rest.push_back(i);
    } else if (!is_explained[i]) {
      ++by_chance;
    }
  }
  if (by_chance > 0) {
    const auto& first =
        evidence.failed_pairs[static_cast<std::size_t>(std::ranges::find(is_explained, false) - is_explained.begin())];
    verdict.notes.push_back(
        fmt::format("{} of {} measurements failed, at no part more often than elsewhere: measure them again; the "
                    "first: {} to {}: {}",
                    by_chance, evidence.failed_pairs.size() + evidence.pairs.size(), first.row.src, first.row.dst,
                    first.row.reason));
  }
  return rest;
}

}  // namespace plumb::reports
