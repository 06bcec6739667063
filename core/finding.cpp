#include "core/finding.h"

#include <cmath>

namespace plumb::core {
namespace {

/// Four digits are all that a posterior or a ratio is good for, and keep the file the same on all machines.
Json rounded(double value) { return std::round(value * 1e4) / 1e4; }

Json rounded(const std::optional<double>& value) { return value ? rounded(*value) : Json(nullptr); }

}  // namespace

std::string_view name_of(Severity severity) {
  static constexpr std::string_view kNames[] = {"fail", "warn", "info"};
  return kNames[static_cast<std::size_t>(severity)];
}

std::string_view name_of(FindingKind kind) {
  static constexpr std::string_view kNames[] = {
      "slow_link",       "slow_nic", "slow_gpu",   "slow_host", "slow_switch", "flapping_link", "errors_on_link",
      "downgraded_link", "miswired", "wrong_data", "config",    "hung_rank",   "regression",    "slow_under_load"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view name_of(VerdictKind verdict) {
  static constexpr std::string_view kNames[] = {"pass", "fail", "inconclusive"};
  return kNames[static_cast<std::size_t>(verdict)];
}

Json to_json(const Finding& finding) {
  Json suspects = Json::array();
  for (const auto& suspect : finding.suspects) {
    suspects.push_back({{"component", suspect.component}, {"posterior", rounded(suspect.posterior)}});
  }
  Json evidence = Json::array();
  for (const auto& item : finding.evidence) {
    Json one = {{"file", item.file}};
    if (item.row) {
      one["row"] = *item.row;
    }
    one["says"] = item.says;
    evidence.push_back(std::move(one));
  }
  return {{"id", finding.id},
          {"severity", name_of(finding.severity)},
          {"kind", name_of(finding.kind)},
          {"title", finding.title},
          {"suspects", suspects},
          {"slowdown", rounded(finding.slowdown)},
          {"evidence", evidence},
          {"advice", finding.advice}};
}

Json to_json(const Coverage& coverage) {
  return {{"class", coverage.part_class},
          {"parts", coverage.parts},
          {"measured", coverage.measured},
          {"measurements", coverage.measurements},
          {"not_measured", coverage.not_measured},
          {"not_measured_count", coverage.parts - coverage.measured},
          {"smallest_slowdown_99", rounded(coverage.smallest_slowdown_99)},
          {"note", coverage.note}};
}

Json to_json(const LadderRow& row) {
  Json steps = Json::array();
  for (const auto& step : row.steps) {
    steps.push_back({{"layer", step.layer}, {"value", std::round(step.value)}});
  }
  return {{"mode", row.mode}, {"bytes", row.bytes}, {"schedule", row.schedule}, {"pairs", row.pairs}, {"steps", steps}};
}

Json to_json(const Verdict& verdict) {
  Json findings = Json::array();
  for (const auto& finding : verdict.findings) {
    findings.push_back(to_json(finding));
  }
  Json coverage = Json::array();
  for (const auto& one : verdict.coverage) {
    coverage.push_back(to_json(one));
  }
  Json json = {{"schema", 1},
               {"run", verdict.run},
               {"start_utc", verdict.start_utc},
               {"end_utc", verdict.end_utc},
               {"verdict", name_of(verdict.kind)},
               {"summary", verdict.summary},
               {"findings", findings},
               {"coverage", {{"classes", coverage}, {"notes", verdict.notes}}}};
  for (const auto& row : verdict.ladder) {
    json["ladder"].push_back(to_json(row));
  }
  return json;
}

}  // namespace plumb::core
