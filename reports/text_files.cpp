// report.md and junit.xml.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>

#include "core/text.h"
#include "core/units.h"
#include "reports/drain.h"
#include "reports/outputs.h"

namespace plumb::reports {
namespace {

constexpr std::size_t kSuspects = 8, kDrained = 500;

/// What would begin a list or draw a rule at the start of a line: "-", "+", "1." or "1)". "" when nothing does.
std::string_view list_mark(std::string_view text) {
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto rest = text.substr(digits);
  const bool numbers = digits > 0 && (rest.starts_with(". ") || rest.starts_with(") ") || rest == "." || rest == ")");
  const bool bullets = digits == 0 && (rest.starts_with('-') || rest.starts_with('+'));
  return numbers || bullets ? text.substr(0, digits + 1) : "";
}

/// Untrusted text in Markdown: nothing becomes a link with a text of its own, an image, HTML, a list or a table cell's
/// end. A bare address stays what it says.
std::string md(const std::string& untrusted) {
  const auto text = core::printable(untrusted);
  const auto mark = list_mark(text);
  std::string out;
  if (!mark.empty()) {
    out = fmt::format("{}\\{}", mark.substr(0, mark.size() - 1), mark.back());
  }
  for (const char c : std::string_view(text).substr(mark.size())) {
    if (c == '<') {
      out += "&lt;";
    } else {
      out += std::string_view("\\`*_{}[]>#|!&~").find(c) != std::string_view::npos ? "\\" : "";
      out += c;
    }
  }
  return out;
}

std::string xml(const std::string& text) {
  std::string out;
  for (const char c : core::printable(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string place(const core::EvidenceItem& item) {
  return item.row ? fmt::format("{}:{}", item.file, *item.row) : item.file;
}

std::string markdown_row(const core::Finding& f) {
  std::string suspects;
  for (std::size_t i = 0; i < f.suspects.size() && i < kSuspects; ++i) {
    suspects += fmt::format("{}{} {}", i == 0 ? "" : "; ", md(f.suspects[i].component),
                            core::format_percent(f.suspects[i].posterior));
  }
  if (f.suspects.size() > kSuspects) {
    suspects += fmt::format(" and {} more", f.suspects.size() - kSuspects);
  }
  return fmt::format("| {} | {} | {} | {} | {} | {} |\n", f.id, core::name_of(f.severity), core::name_of(f.kind),
                     md(f.title), suspects, md(f.advice));
}

std::string markdown_evidence(const core::Finding& f) {
  auto text = fmt::format("\n**{}** {}\n", f.id, md(f.title));
  for (const auto& item : f.evidence) {
    text += fmt::format("* {}: {}\n", md(place(item)), md(item.says));
  }
  return text;
}

std::string markdown_row(const core::Coverage& c) {
  std::string missing;
  for (const auto& id : c.not_measured) {
    missing += (missing.empty() ? "" : ", ") + md(id);
  }
  const auto lacking = c.parts - c.measured;
  if (!missing.empty() && lacking > c.not_measured.size()) {
    missing += fmt::format(" and {} more", lacking - c.not_measured.size());
  }
  return fmt::format(
      "| {} | {} of {} | {} | {} | {} |\n", md(c.part_class), c.measured, c.parts, c.measurements,
      c.smallest_slowdown_99 ? core::format_percent(*c.smallest_slowdown_99) + " of expected or slower" : md(c.note),
      missing);
}

/// Commands to read and run by hand: nothing of them is run here.
std::string markdown_drain(const core::Verdict& verdict) {
  const auto drained = hosts_to_drain(verdict);
  if (drained.empty()) {
    return "";
  }
  std::string names, commands;
  for (const auto& one : std::span(drained).first(std::min(kDrained, drained.size()))) {
    names += fmt::format("{}{} ({})", names.empty() ? "" : ", ", md(one.host), fmt::join(one.findings, ", "));
    const auto command = drain_command(one, verdict.run);
    commands += command.empty() ? "" : command + "\n";
  }
  if (drained.size() > kDrained) {
    names += fmt::format(" and {} more: drain.txt has all", drained.size() - kDrained);
  }
  return fmt::format("\n## Hosts that must not take tenants\n\n{}\n\n```\n{}```\n", names, commands);
}

std::string markdown_ladder(const std::vector<core::LadderRow>& ladder) {
  std::string text;
  if (!ladder.empty()) {
    text =
        "\n## The same pairs over several libraries\n\n| | size | pairs | from the fabric upwards "
        "|\n|---|---|---|---|\n";
  }
  for (const auto& row : ladder) {
    std::string steps;
    for (const auto& step : row.steps) {
      const auto value = row.mode == "latency" ? core::format_ns(step.value) : core::format_rate(step.value);
      steps += fmt::format("{}{} {}", steps.empty() ? "" : ", ", md(step.layer), value);
    }
    text += fmt::format("| {} | {} | {} | {} |\n", md(row.mode + (row.schedule.empty() ? "" : ", " + row.schedule)),
                        core::format_bytes(row.bytes), row.pairs, steps);
  }
  return text;
}

std::string junit_case(const core::Finding& f) {
  std::string body = xml(f.advice);
  for (const auto& item : f.evidence) {
    body += fmt::format("\n{}: {}", xml(place(item)), xml(item.says));
  }
  return fmt::format(
      "  <testcase classname=\"finding.{}\" name=\"{}\">{}</testcase>\n", core::name_of(f.kind), xml(f.title),
      f.severity == core::Severity::fail ? fmt::format("<failure message=\"{}\">{}</failure>", xml(f.title), body)
                                         : fmt::format("<system-out>{}</system-out>", body));
}

std::string junit_case(const core::Coverage& c) {
  return fmt::format("  <testcase classname=\"coverage\" name=\"{}\">{}</testcase>\n", xml(c.part_class),
                     c.measured < c.parts
                         ? fmt::format("<skipped message=\"{} of {} not measured\"/>", c.parts - c.measured, c.parts)
                         : "");
}

/// The verdict itself, always under the same name, so that a CI system can follow it.
std::string junit_case(const core::Verdict& verdict) {
  const std::string_view element = verdict.kind == core::VerdictKind::fail           ? "failure"
                                   : verdict.kind == core::VerdictKind::inconclusive ? "error"
                                                                                     : "";
  return fmt::format("  <testcase classname=\"plumbline\" name=\"verdict\">{}</testcase>\n",
                     element.empty() ? "" : fmt::format("<{} message=\"{}\"/>", element, xml(verdict.summary)));
}

/// " timestamp=…": local time without a zone is all that the format has; ours is UTC.
std::string junit_time(const core::Verdict& verdict) {
  const auto& utc = verdict.end_utc;
  return utc.size() == 20 && utc.back() == 'Z' ? fmt::format(" timestamp=\"{}\"", xml(utc.substr(0, 19))) : "";
}

}  // namespace

std::string markdown_text(const core::Verdict& verdict) {
  std::string text = fmt::format("# {}: {}\n\n{}\n", md(verdict.run), core::name_of(verdict.kind), md(verdict.summary));
  if (!verdict.findings.empty()) {
    text += "\n## Findings\n\n| | severity | kind | what | suspects | advice |\n|---|---|---|---|---|---|\n";
  }
  for (const auto& f : verdict.findings) {
    text += markdown_row(f);
  }
  for (const auto& f : verdict.findings) {
    text += markdown_evidence(f);
  }
  text += markdown_drain(verdict);
  text += markdown_ladder(verdict.ladder);
  text +=
      "\n## Coverage\n\n| parts | measured | measurements | seen with 99 % probability | not measured "
      "|\n|---|---|---|---|---|\n";
  for (const auto& c : verdict.coverage) {
    text += markdown_row(c);
  }
  if (!verdict.notes.empty()) {
    text += "\n## Not tested, not judged\n\n";
    for (const auto& note : verdict.notes) {
      text += "* " + md(note) + "\n";
    }
  }
  return text;
}

std::string junit_text(const core::Verdict& verdict) {
  std::string cases;
  std::size_t failures = verdict.kind == core::VerdictKind::fail ? 1 : 0, skipped = 0;
  for (const auto& f : verdict.findings) {
    failures += f.severity == core::Severity::fail ? 1 : 0;
    cases += junit_case(f);
  }
  for (const auto& c : verdict.coverage) {
    skipped += c.measured < c.parts ? 1 : 0;
    cases += junit_case(c);
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"plumbline {}\" tests=\"{}\" failures=\"{}\" "
      "errors=\"{}\" skipped=\"{}\"{}>\n{}{}</testsuite>\n",
      xml(verdict.run), verdict.findings.size() + verdict.coverage.size() + 1, failures,
      verdict.kind == core::VerdictKind::inconclusive ? 1 : 0, skipped, junit_time(verdict), cases,
      junit_case(verdict));
}

}  // namespace plumb::reports
