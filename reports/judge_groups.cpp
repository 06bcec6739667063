#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "core/statistics.h"
#include "core/units.h"
#include "reports/collective_cases.h"
#include "reports/judge.h"

namespace plumb::reports {
namespace {

constexpr double kSlow = 0.8;  // of the other groups

using Groups = std::vector<const Placed<core::CaseRow>*>;

double busbw_of(const Placed<core::CaseRow>* placed) { return placed->row.busbw_Bps.value_or(0); }

/// Of each run, collective, backend and memory the groups at the largest size.
std::vector<Groups> side_by_side(const Evidence& evidence) {
  using Key = std::tuple<std::size_t, std::string_view, std::string_view, std::string_view>;
  std::map<Key, std::map<std::tuple<core::Integer, std::string_view, std::string_view, core::Integer>, Groups>> all;
  for (const auto& placed : evidence.cases) {
    const auto& row = placed.row;
    if (row.group && tells_bandwidth(row)) {
      all[{placed.run, row.collective, row.backend, row.memory}][{row.bytes, row.dtype, row.redop, row.in_place}]
          .push_back(&placed);
    }
  }
  std::vector<Groups> largest;
  for (auto& [what, sizes] : all) {
    largest.push_back(std::move(sizes.rbegin()->second));
  }
  return largest;
}

/// Of two, the faster is the norm.
double norm_of(const Groups& groups) {
  std::vector<double> rates;
  std::ranges::transform(groups, std::back_inserter(rates), busbw_of);
  return rates.size() == 2 ? std::ranges::max(rates) : core::median(rates);
}

core::Finding finding_of(const Evidence& evidence, const Groups& slow, std::size_t groups, double norm_Bps) {
  const auto* const worst = *std::ranges::min_element(slow, {}, busbw_of);
  core::Finding finding{.severity = core::Severity::warn, .kind = core::FindingKind::slow_under_load};
  const double slowdown = busbw_of(worst) / norm_Bps;
  finding.slowdown = slowdown;
  finding.title =
      fmt::format("group {} of {} that ran {} at the same time is at {} of the others", worst->row.group.value_or(0),
                  groups, worst->row.collective, core::format_percent(slowdown));
  if (slow.size() > 1) {
    finding.title += fmt::format("; {} more are slow", slow.size() - 1);
  }
  for (const auto* placed : slow) {
    finding.evidence.push_back({evidence.file_of(placed->place), placed->place.line,
                                fmt::format("{}: busbw {}, the others {}", placed->row.name,
                                            core::format_rate(busbw_of(placed)), core::format_rate(norm_Bps))});
  }
  finding.advice =
      "what this group alone uses is slow: with --split MOD by the GPUs of a host a group is a rail, with DIV a host; "
      "measure plumb-pairs there, which names the part";
  return finding;
}

}  // namespace

void judge_groups(const Evidence& evidence, core::Verdict& verdict) {
  for (const auto& groups : side_by_side(evidence)) {
    const double norm_Bps = norm_of(groups);
    Groups slow;
    std::ranges::copy_if(groups, std::back_inserter(slow),
                         [&](const auto* one) { return busbw_of(one) < kSlow * norm_Bps; });
    if (!slow.empty()) {
      verdict.findings.push_back(finding_of(evidence, slow, groups.size(), norm_Bps));
    }
  }
}

}  // namespace plumb::reports
