// report.md, junit.xml and metrics.prom.
#include <fmt/format.h>

#include "core/text.h"
#include "core/units.h"
#include "reports/outputs.h"

namespace plumb::reports {
namespace {

/// Untrusted text in Markdown: nothing becomes a link, an image, HTML or a table cell's end.
std::string md(const std::string& text) {
  std::string out;
  for (const char c : core::printable(text)) {
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

std::string label(const std::string& text) {
  std::string out;
  for (const char c : core::printable(text)) {
    out += c == '\\' || c == '"' ? std::string("\\") + c : std::string(1, c);
  }
  return out;
}

std::string place(const core::EvidenceItem& item) {
  return item.row ? fmt::format("{}:{}", item.file, *item.row) : item.file;
}

}  // namespace

std::string markdown_text(const core::Verdict& verdict) {
  std::string text = fmt::format("# {}: {}\n\n{}\n", md(verdict.run), core::name_of(verdict.kind), md(verdict.summary));
  if (!verdict.findings.empty()) {
    text += "\n## Findings\n\n| | severity | kind | what | suspects | advice |\n|---|---|---|---|---|---|\n";
  }
  for (const auto& f : verdict.findings) {
    std::string suspects;
    for (const auto& s : f.suspects) {
      suspects +=
          fmt::format("{}{} {}", suspects.empty() ? "" : "; ", md(s.component), core::format_percent(s.posterior));
    }
    text += fmt::format("| {} | {} | {} | {} | {} | {} |\n", f.id, core::name_of(f.severity), core::name_of(f.kind),
                        md(f.title), suspects, md(f.advice));
  }
  for (const auto& f : verdict.findings) {
    text += fmt::format("\n**{}** {}\n", f.id, md(f.title));
    for (const auto& item : f.evidence) {
      text += fmt::format("* {}: {}\n", md(place(item)), md(item.says));
    }
  }
  text +=
      "\n## Coverage\n\n| parts | measured | measurements | seen with 99 % probability | not measured "
      "|\n|---|---|---|---|---|\n";
  for (const auto& c : verdict.coverage) {
    std::string missing;
    for (const auto& id : c.not_measured) {
      missing += (missing.empty() ? "" : ", ") + md(id);
    }
    text += fmt::format(
        "| {} | {} of {} | {} | {} | {} |\n", md(c.part_class), c.measured, c.parts, c.measurements,
        c.smallest_slowdown_99 ? core::format_percent(*c.smallest_slowdown_99) + " of expected or slower" : md(c.note),
        missing);
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
  std::size_t failures = 0, tests = 0, skipped = 0;
  for (const auto& f : verdict.findings) {
    ++tests;
    const bool fails = f.severity == core::Severity::fail;
    failures += fails ? 1 : 0;
    cases += fmt::format("  <testcase classname=\"finding.{}\" name=\"{}\">", core::name_of(f.kind), xml(f.title));
    std::string body = xml(f.advice);
    for (const auto& item : f.evidence) {
      body += fmt::format("\n{}: {}", xml(place(item)), xml(item.says));
    }
    cases += fails ? fmt::format("<failure message=\"{}\">{}</failure>", xml(f.title), body)
                   : fmt::format("<system-out>{}</system-out>", body);
    cases += "</testcase>\n";
  }
  for (const auto& c : verdict.coverage) {
    ++tests;
    cases += fmt::format("  <testcase classname=\"coverage\" name=\"{}\">", xml(c.part_class));
    if (c.measured < c.parts) {
      ++skipped;
      cases += fmt::format("<skipped message=\"{} of {} not measured\"/>", c.parts - c.measured, c.parts);
    }
    cases += "</testcase>\n";
  }
  ++tests;
  const bool inconclusive = verdict.kind == core::VerdictKind::inconclusive;
  cases += fmt::format("  <testcase classname=\"verdict\" name=\"{}\">{}</testcase>\n", core::name_of(verdict.kind),
                       inconclusive ? fmt::format("<error message=\"{}\"/>", xml(verdict.summary)) : "");
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"plumbline {}\" tests=\"{}\" failures=\"{}\" "
      "errors=\"{}\" skipped=\"{}\">\n{}</testsuite>\n",
      xml(verdict.run), tests, failures, inconclusive ? 1 : 0, skipped, cases);
}

std::string metrics_text(const core::Verdict& verdict) {
  std::string text = "# HELP plumbline_verdict 1 for the verdict of the last run.\n# TYPE plumbline_verdict gauge\n";
  for (const auto kind : {core::VerdictKind::pass, core::VerdictKind::fail, core::VerdictKind::inconclusive}) {
    text += fmt::format("plumbline_verdict{{verdict=\"{}\"}} {}\n", core::name_of(kind), kind == verdict.kind ? 1 : 0);
  }
  text +=
      "# HELP plumbline_suspect Posterior probability that this part is the cause of a finding.\n"
      "# TYPE plumbline_suspect gauge\n";
  for (const auto& f : verdict.findings) {
    for (const auto& s : f.suspects) {
      text += fmt::format("plumbline_suspect{{finding=\"{}\",kind=\"{}\",severity=\"{}\",component=\"{}\"}} {:.4f}\n",
                          f.id, core::name_of(f.kind), core::name_of(f.severity), label(s.component), s.posterior);
    }
  }
  text += "# HELP plumbline_parts Parts of a class, known and measured.\n# TYPE plumbline_parts gauge\n";
  for (const auto& c : verdict.coverage) {
    text += fmt::format("plumbline_parts{{class=\"{}\",state=\"known\"}} {}\n", label(c.part_class), c.parts);
    text += fmt::format("plumbline_parts{{class=\"{}\",state=\"measured\"}} {}\n", label(c.part_class), c.measured);
  }
  return text;
}

}  // namespace plumb::reports
