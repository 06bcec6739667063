#include <fmt/format.h>

#include "reports/judge.h"

namespace plumb::reports {

void judge_checks(const Evidence& evidence, std::vector<core::Finding>& findings) {
  for (const auto& placed : evidence.checks) {
    const auto& row = placed.row;
    if (row.status != "fail" && row.status != "warn") {
      continue;
    }
    core::Finding finding;
    finding.severity = row.status == "fail" ? core::Severity::fail : core::Severity::warn;
    finding.kind = core::FindingKind::config;
    finding.title = fmt::format("{}: {} is {}, expected {}", row.subject, row.check, row.observed, row.expected);
    finding.suspects.push_back({row.subject, 1});
    finding.evidence.push_back({evidence.file_of(placed.place), placed.place.line, row.observed});
    finding.advice = row.advice;
    findings.push_back(std::move(finding));
  }
}

}  // namespace plumb::reports
