#include <fmt/format.h>

#include "core/terminal.h"
#include "core/text.h"
#include "core/units.h"
#include "reports/outputs.h"

namespace plumb::reports {
namespace {

using core::Style;

constexpr std::size_t kShown = 20;

Style style_of(core::Severity severity) {
  return severity == core::Severity::fail ? Style::red : severity == core::Severity::warn ? Style::yellow : Style::dim;
}

Style style_of(core::VerdictKind kind) {
  return kind == core::VerdictKind::fail ? Style::red : kind == core::VerdictKind::pass ? Style::green : Style::yellow;
}

std::string headline(core::VerdictKind kind) {
  return kind == core::VerdictKind::fail ? "FAIL" : kind == core::VerdictKind::pass ? "PASS" : "INCONCLUSIVE";
}

std::string suspects_text(const core::Finding& finding) {
  std::string text;
  for (const auto& suspect : finding.suspects) {
    text +=
        fmt::format("{}{} {}", text.empty() ? "" : ", ", suspect.component, core::format_percent(suspect.posterior));
  }
  return text;
}

std::string paragraph(const core::Finding& finding, bool colour) {
  std::string text = fmt::format(
      "  {}  {}\n",
      core::styled(fmt::format("{:<4}", core::name_of(finding.severity)), style_of(finding.severity), colour),
      core::printable(finding.title));
  if (finding.suspects.size() > 1 || (finding.suspects.size() == 1 && finding.slowdown)) {
    text += fmt::format("        suspects: {}\n", core::printable(suspects_text(finding)));
  }
  for (std::size_t i = 0; i < finding.evidence.size() && i < 2; ++i) {
    const auto& item = finding.evidence[i];
    text += fmt::format("        {}{}: {}\n", core::printable(item.file), item.row ? fmt::format(":{}", *item.row) : "",
                        core::printable(item.says));
  }
  return text + fmt::format("        {}\n", core::printable(finding.advice));
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
