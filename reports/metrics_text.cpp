// metrics.prom. Every series of fixed labels is always there, so that an alert sees a zero and no gap; those of parts
// come and go with the findings.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <optional>
#include <span>
#include <tuple>

#include "core/text.h"
#include "core/version.h"
#include "reports/drain.h"
#include "reports/outputs.h"

namespace plumb::reports {
namespace {

constexpr std::size_t kSuspects = 1000;         // series; the gravest come first
constexpr std::size_t kSuspectsOfFinding = 50;  // a setting may be wrong on thousands of hosts: the finding counts them

std::string label(const std::string& text) {
  std::string out;
  for (const char c : core::printable(text)) {
    out += c == '\\' || c == '"' ? std::string("\\") + c : std::string(1, c);
  }
  return out;
}

std::string gauge(std::string_view name, std::string_view help) {
  return fmt::format("# HELP plumbline_{0} {1}\n# TYPE plumbline_{0} gauge\n", name, help);
}

/// Of "2026-11-23T18:26:00Z"; nothing when it is no such time.
std::optional<std::int64_t> unix_seconds(const std::string& utc) {
  using namespace std::chrono;
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0, read = 0;
  // NOLINTNEXTLINE(cert-err34-c): all six fields and the end are checked
  if (std::sscanf(utc.c_str(), "%4d-%2d-%2dT%2d:%2d:%2dZ%n", &y, &mo, &d, &h, &mi, &s, &read) != 6 ||
      static_cast<std::size_t>(read) != utc.size()) {
    return std::nullopt;
  }
  const year_month_day date{year(y), month(static_cast<unsigned>(mo)), day(static_cast<unsigned>(d))};
  if (!date.ok() || h > 23 || mi > 59 || s > 60) {
    return std::nullopt;
  }
  return sys_seconds(sys_days(date) + hours(h) + minutes(mi) + seconds(s)).time_since_epoch().count();
}

std::string run_metrics(const core::Verdict& verdict) {
  auto text = gauge("run_info", "The run that was judged; always 1.") +
              fmt::format("plumbline_run_info{{run=\"{}\",version=\"{}\"}} 1\n", label(verdict.run), core::kVersion);
  if (const auto end = unix_seconds(verdict.end_utc)) {
    text += gauge("run_end_timestamp_seconds", "When the last measurement of the run ended, in Unix time.") +
            fmt::format("plumbline_run_end_timestamp_seconds {}\n", *end);
  }
  text += gauge("verdict", "1 for the verdict of the last run, 0 for the others.");
  for (const auto kind : {core::VerdictKind::pass, core::VerdictKind::fail, core::VerdictKind::inconclusive}) {
    text += fmt::format("plumbline_verdict{{verdict=\"{}\"}} {}\n", core::name_of(kind), kind == verdict.kind ? 1 : 0);
  }
  return text;
}

std::string finding_metrics(const core::Verdict& verdict) {
  std::map<std::pair<core::Severity, core::FindingKind>, std::size_t> counts;
  for (const auto& f : verdict.findings) {
    ++counts[{f.severity, f.kind}];
  }
  auto text = gauge("findings", "Findings of the last run.");
  for (const auto severity : {core::Severity::fail, core::Severity::warn, core::Severity::info}) {
    for (int kind = 0; kind <= static_cast<int>(core::FindingKind::slow_under_load); ++kind) {
      const auto found = counts.find({severity, static_cast<core::FindingKind>(kind)});
      text +=
          fmt::format("plumbline_findings{{severity=\"{}\",kind=\"{}\"}} {}\n", core::name_of(severity),
                      core::name_of(static_cast<core::FindingKind>(kind)), found == counts.end() ? 0 : found->second);
    }
  }
  return text + gauge("drain_hosts", "Hosts that must not take tenants: those of drain.txt.") +
         fmt::format("plumbline_drain_hosts {}\n", hosts_to_drain(verdict).size());
}

struct Suspicion {
  double posterior = 0;
  std::optional<double> speed;
};

/// A part may be suspected in several findings of a kind: the surest counts. The number of a finding is no label: it
/// would be another series every night.
std::map<std::string, Suspicion> suspicions(const core::Verdict& verdict) {
  std::map<std::string, Suspicion> by_labels;
  for (const auto& f : verdict.findings) {
    for (const auto& s : std::span(f.suspects).first(std::min(kSuspectsOfFinding, f.suspects.size()))) {
      if (f.severity == core::Severity::info || s.posterior < core::kSuspectFrom || by_labels.size() >= kSuspects) {
        continue;
      }
      auto& known = by_labels[fmt::format("component=\"{}\",kind=\"{}\",severity=\"{}\"", label(s.component),
                                          core::name_of(f.kind), core::name_of(f.severity))];
      if (s.posterior > known.posterior) {
        known = {s.posterior, f.slowdown};
      }
    }
  }
  return by_labels;
}

std::string suspect_metrics(const core::Verdict& verdict) {
  auto posteriors =
      gauge("suspect_posterior_ratio",
            "Probability that this part is the cause of a finding that fails or warns; parts of 0.1 or more.");
  auto speeds = gauge("suspect_speed_ratio", "Measured over expected rate of the finding that suspects this part.");
  for (const auto& [labels, suspicion] : suspicions(verdict)) {
    posteriors += fmt::format("plumbline_suspect_posterior_ratio{{{}}} {:.4f}\n", labels, suspicion.posterior);
    if (suspicion.speed) {
      speeds += fmt::format("plumbline_suspect_speed_ratio{{{}}} {:.4f}\n", labels, *suspicion.speed);
    }
  }
  return posteriors + speeds;
}

std::string coverage_metrics(const core::Verdict& verdict) {
  auto known = gauge("parts", "Parts of a class that are known.");
  auto measured = gauge("parts_measured", "Parts of a class that were measured.");
  auto seen =
      gauge("detectable_speed_ratio",
            "Measured over expected rate at or below which a slow part would have been seen with 99 % probability.");
  for (const auto& c : verdict.coverage) {
    known += fmt::format("plumbline_parts{{class=\"{}\"}} {}\n", label(c.part_class), c.parts);
    measured += fmt::format("plumbline_parts_measured{{class=\"{}\"}} {}\n", label(c.part_class), c.measured);
    if (c.smallest_slowdown_99) {
      seen += fmt::format("plumbline_detectable_speed_ratio{{class=\"{}\"}} {:.4f}\n", label(c.part_class),
                          *c.smallest_slowdown_99);
    }
  }
  return known + measured + seen;
}

}  // namespace

std::string metrics_text(const core::Verdict& verdict) {
  return run_metrics(verdict) + finding_metrics(verdict) + suspect_metrics(verdict) + coverage_metrics(verdict);
}

}  // namespace plumb::reports
