#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "core/terminal.h"
#include "core/text.h"
#include "reports/command.h"
#include "reports/grade.h"

namespace plumb::reports {
namespace {

struct GradeOptions {
  std::vector<std::string> run_dirs;
  double min_recall = 0, min_precision = 0;
  bool wants_json = false;
  std::size_t named = 10;
};

core::Json score_json(const Score& score) {
  return {{"planted", score.planted},
          {"found", score.found},
          {"recall", score.recall()},
          {"visible", score.visible},
          {"visible_found", score.visible_found},
          {"visible_recall", score.visible_recall()},
          {"first_suspect", score.first},
          {"median_suspects", score.median_suspects()}};
}

std::string score_line(const std::string& kind, const Score& score) {
  return fmt::format("| {} | {} | {} | {:.3f} | {} of {} | {} | {:g} |\n", kind, score.planted, score.found,
                     score.recall(), score.visible_found, score.visible, score.first, score.median_suspects());
}

std::string suspects_text(const std::vector<std::string>& suspects) {
  constexpr std::size_t kMost = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(kMost, suspects.size()); ++i) {
    text += (i == 0 ? "" : ", ") + core::printable(suspects[i]);
  }
  return suspects.size() > kMost ? text + fmt::format(", … ({})", suspects.size()) : text;
}

core::ExitCode run(const GradeOptions& options) {
  Grade grade;
  for (const auto& dir : options.run_dirs) {
    grade_run(dir, grade);
  }
  fmt::print("{}", options.wants_json ? to_json(grade).dump(2) + "\n" : grade_text(grade, options.named));
  const bool is_good = grade.total().recall() >= options.min_recall && grade.precision() >= options.min_precision;
  return is_good ? core::ExitCode::pass : core::ExitCode::findings;
}

}  // namespace

core::Json to_json(const Grade& grade) {
  core::Json kinds = core::Json::object(), wrong = core::Json::array(), missed = core::Json::array();
  for (const auto& [kind, score] : grade.by_kind) {
    kinds[kind] = score_json(score);
  }
  for (const auto& one : grade.wrong) {
    wrong.push_back({{"run", one.run},
                     {"severity", one.severity},
                     {"kind", one.kind},
                     {"title", one.title},
                     {"suspects", one.suspects}});
  }
  for (const auto& one : grade.missed) {
    missed.push_back({{"run", one.run},
                      {"fault", one.fault},
                      {"kind", one.kind},
                      {"component", one.component},
                      {"visible_in", one.visible_in},
                      {"factor", one.factor},
                      {"rows", one.rows}});
  }
  return {{"total", score_json(grade.total())},
          {"precision", grade.precision()},
          {"findings", grade.findings},
          {"by_kind", kinds},
          {"wrong", wrong},
          {"missed", missed}};
}

std::string grade_text(const Grade& grade, std::size_t named) {
  constexpr double kPercent = 100;
  std::string text =
      "| kind | planted | found | recall | found of the visible | as first suspect | suspects (median) |\n"
      "|---|---|---|---|---|---|---|\n";
  for (const auto& [kind, score] : grade.by_kind) {
    text += score_line(kind, score);
  }
  text += score_line("**all**", grade.total());
  text +=
      fmt::format("\nprecision {:.3f}: {} findings, {} wrong\n", grade.precision(), grade.findings, grade.wrong.size());
  for (std::size_t i = 0; i < std::min(named, grade.missed.size()); ++i) {
    const auto& one = grade.missed[i];
    text += fmt::format("missed: {} {} {} {} (rows slowed: {}, to {:.0f} %; shows in: {})\n", one.run, one.fault,
                        one.kind, core::printable(one.component), one.rows, one.factor * kPercent,
                        one.visible_in.empty() ? "nothing" : one.visible_in);
  }
  for (std::size_t i = 0; i < std::min(named, grade.wrong.size()); ++i) {
    const auto& one = grade.wrong[i];
    text += fmt::format("wrong: {} {} {}: {} [{}]\n", one.run, one.severity, one.kind, core::printable(one.title),
                        suspects_text(one.suspects));
  }
  return text;
}

void add_grade(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<GradeOptions>();
  auto* const command =
      app.add_subcommand("grade", "holds findings.json against truth.csv: recall, precision, localisation by kind");
  command->add_option("RUN_DIR", options->run_dirs, "run directories that simulate wrote and plumb-report judged")
      ->required();
  command->add_option("--min-recall", options->min_recall, "exit 1 below")->check(CLI::Range(0.0, 1.0));
  command->add_option("--min-precision", options->min_precision, "exit 1 below")->check(CLI::Range(0.0, 1.0));
  command->add_option("--name", options->named, "name this many missed faults and wrong findings")
      ->capture_default_str();
  command->add_flag("--json", options->wants_json, "all of it as JSON");
  command->footer(
      "Examples:\n  plumb-report grade runs/hard7\n"
      "  plumb-report grade runs/easy-* --min-recall 0.98 --min-precision 0.98 --json\n");
  command->callback([&invocation, options] { invocation.exit_code = run(*options); });
}

}  // namespace plumb::reports
