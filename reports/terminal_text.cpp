#include <fmt/format.h>

#include <algorithm>

#include "core/terminal.h"
#include "core/text.h"
#include "core/units.h"
#include "reports/drain.h"
#include "reports/outputs.h"

namespace plumb::reports {
namespace {

using core::Style;

constexpr std::size_t kShown = 20, kSuspects = 4, kEvidence = 2, kDrained = 5;

Style style_of(core::Severity severity) {
  return severity == core::Severity::fail ? Style::red : severity == core::Severity::warn ? Style::yellow : Style::dim;
}

Style style_of(core::VerdictKind kind) {
  return kind == core::VerdictKind::fail ? Style::red : kind == core::VerdictKind::pass ? Style::green : Style::yellow;
}

std::string headline(core::VerdictKind kind) {
  return kind == core::VerdictKind::fail ? "FAIL" : kind == core::VerdictKind::pass ? "PASS" : "INCONCLUSIVE";
}

/// "cable x 91 %, nic y 9 %"; nothing when there is no doubt: then the title says it.
std::string suspects_text(const core::Finding& finding) {
  const bool is_certain =
      std::ranges::all_of(finding.suspects, [](const auto& suspect) { return suspect.posterior >= 1; });
  if (finding.suspects.empty() || (!finding.slowdown && (is_certain || finding.suspects.size() == 1))) {
    return "";
  }
  std::string text = "        suspects: ";
  for (std::size_t i = 0; i < finding.suspects.size() && i < kSuspects; ++i) {
    const auto& suspect = finding.suspects[i];
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ", core::printable(suspect.component),
                        core::format_percent(suspect.posterior));
  }
  const auto more = finding.suspects.size() - std::min(finding.suspects.size(), kSuspects);
  return text + (more > 0 ? fmt::format(" and {} more\n", more) : "\n");
}

std::string evidence_text(const core::Finding& finding) {
  std::string text;
  for (std::size_t i = 0; i < finding.evidence.size() && i < kEvidence; ++i) {
    const auto& item = finding.evidence[i];
    text += fmt::format("        {}{}: {}\n", core::printable(item.file), item.row ? fmt::format(":{}", *item.row) : "",
                        core::printable(item.says));
  }
  const auto more = finding.evidence.size() - std::min(finding.evidence.size(), kEvidence);
  return text + (more > 0 ? fmt::format("        and {} more in report.md\n", more) : "");
}

std::string paragraph(const core::Finding& finding, bool colour) {
  return fmt::format(
      "  {}  {}\n{}{}        {}\n",
      core::styled(fmt::format("{:<4}", core::name_of(finding.severity)), style_of(finding.severity), colour),
      core::printable(finding.title), suspects_text(finding), evidence_text(finding), core::printable(finding.advice));
}

std::string coverage_line(const core::Coverage& coverage) {
  std::string text = fmt::format("  {:<12} {} of {} measured, {} measurements", core::printable(coverage.part_class),
                                 coverage.measured, coverage.parts, coverage.measurements);
  if (coverage.smallest_slowdown_99) {
    text += fmt::format("; {} of expected or slower would have been seen (99 %)",
                        core::format_percent(*coverage.smallest_slowdown_99));
  }
  return text + "\n";
}

/// What Slurm would have to be told; nobody is told here.
std::string drain_lines(const core::Verdict& verdict) {
  const auto drained = hosts_to_drain(verdict);
  if (drained.empty()) {
    return "";
  }
  auto text =
      fmt::format("\nmust not take tenants: {} host{} (drain.txt)\n", drained.size(), drained.size() == 1 ? "" : "s");
  for (std::size_t i = 0; i < std::min(kDrained, drained.size()); ++i) {
    const auto command = drain_command(drained[i], verdict.run);
    text += fmt::format("  {}\n", command.empty() ? core::printable(drained[i].host) : command);
  }
  return text +
         (drained.size() > kDrained ? fmt::format("  … and {} more in report.md\n", drained.size() - kDrained) : "");
}

}  // namespace

std::string terminal_text(const core::Verdict& verdict, bool colour) {
  std::string text = core::styled(headline(verdict.kind), style_of(verdict.kind), colour) + "  " +
                     core::printable(verdict.summary) + "\n";
  for (std::size_t i = 0; i < verdict.findings.size() && i < kShown; ++i) {
    text += "\n" + paragraph(verdict.findings[i], colour);
  }
  if (verdict.findings.size() > kShown) {
    text += fmt::format("\n  … and {} more in findings.json\n", verdict.findings.size() - kShown);
  }
  text += drain_lines(verdict);
  if (!verdict.coverage.empty()) {
    text += "\ncoverage\n";
    for (const auto& coverage : verdict.coverage) {
      text += coverage_line(coverage);
    }
  }
  if (!verdict.notes.empty()) {
    text += "\nnot tested, not judged\n";
    for (const auto& note : verdict.notes) {
      text += "  " + core::printable(note) + "\n";
    }
  }
  return text;
}

}  // namespace plumb::reports
