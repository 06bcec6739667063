#include "reports/report_program.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <future>

#include "core/command_line.h"
#include "core/guarded_main.h"
#include "core/never_freed.h"
#include "core/terminal.h"
#include "core/version.h"
#include "reports/command.h"
#include "reports/drain.h"
#include "reports/history.h"
#include "reports/map_page.h"
#include "reports/outputs.h"
#include "reports/page/page_template.h"

namespace plumb::reports {
namespace {

struct Options {
  std::vector<std::string> run_dirs;
  std::string limits, out, history;
};

void add_judge_options(CLI::App& app, Options& options) {
  app.add_option("RUN_DIR", options.run_dirs, "run directories; the report is written into the first");
  app.add_option(
      "--limits", options.limits,
      "floors of this site instead of the built-in ones (JSON; the command limits writes them from healthy runs)");
  app.add_option("--out", options.out, "write the report here instead");
  app.add_option("--history", options.history,
                 "judge the run against earlier ones, and add it to them (one file; made when it is not there)");
}

/// How the page finds the files that evidence names: [what stands before the name, the directory seen from the page].
core::Json roots_of(const Evidence& evidence, const Options& options, const std::filesystem::path& out) {
  core::Json roots = core::Json::array();
  for (const auto& dir : options.run_dirs) {
    const auto there = std::filesystem::canonical(dir);
    const auto prefix = evidence.runs.size() > 1 ? there.filename().string() + "/" : "";
    roots.push_back({prefix, there.lexically_relative(std::filesystem::canonical(out)).generic_string()});
  }
  return roots;
}

void write_texts(const std::filesystem::path& out, const Judgement& judgement) {
  core::write_json(out / "findings.json", core::to_json(judgement.verdict));
  core::write_file_atomically(out / "report.md", markdown_text(judgement.verdict));
  core::write_file_atomically(out / "junit.xml", junit_text(judgement.verdict));
  core::write_file_atomically(out / "metrics.prom", metrics_text(judgement.verdict));
  core::write_file_atomically(out / "drain.txt", drain_text(judgement.verdict));
  core::write_file_atomically(out / "retest.csv", core::table_text(judgement.retest));
}

/// `ahead` is the text of page_data_ahead().
void write_page(const std::filesystem::path& path, const Evidence& evidence, const Fabric& fabric,
                const Judgement& judgement, std::string ahead, core::Json roots, core::Json history) {
  constexpr std::string_view kMarker = "{/*PLUMBLINE_DATA*/}";
  std::string page(page_template());
  auto map = std::async(std::launch::async, [&] { return map_svg(evidence, fabric, judgement); });
  auto& data = core::never_freed<core::Json>(page_data(evidence, fabric, judgement));
  data["map"] = map.get();
  data["roots"] = std::move(roots);
  data["history"] = std::move(history);
  page.replace(page.find(kMarker), kMarker.size(), joined_objects(std::move(ahead), script_safe(data)));
  core::write_file_atomically(path, page);
}

bool is_empty(const Evidence& e) {
  return e.pairs.empty() && e.cases.empty() && e.failed_pairs.empty() && e.checks.empty() && e.facts.empty();
}

core::ExitCode exit_code(core::VerdictKind verdict) {
  switch (verdict) {
    case core::VerdictKind::pass:
      return core::ExitCode::pass;
    case core::VerdictKind::fail:
      return core::ExitCode::findings;
    case core::VerdictKind::inconclusive:
      break;
  }
  return core::ExitCode::failure;
}

core::ExitCode judge_runs(const Options& options) {
  const std::vector<std::filesystem::path> dirs(options.run_dirs.begin(), options.run_dirs.end());
  auto map = std::async(std::launch::async, [&] { return read_map(dirs); });  // beside the measurements
  const auto& evidence = core::never_freed<Evidence>(read_evidence(dirs));
  if (is_empty(evidence)) {
    throw core::Error(fmt::format("{} holds no measurements; run plumb-pairs, plumb-allreduce or plumb-alltoall with "
                                  "--run-dir {} first",
                                  options.run_dirs.front(), options.run_dirs.front()),
                      core::ExitCode::nothing_measurable);
  }
  auto& fabric = core::never_freed<Fabric>(map.get());
  auto& judgement = core::never_freed<Judgement>(
      look(evidence, fabric, options.limits.empty() ? default_limits() : read_limits(options.limits)));
  auto page = std::async(std::launch::async,  // beside the verdict
                         [&] { return script_safe(page_data_ahead(evidence, fabric, judgement)); });
  judge(evidence, fabric, judgement);
  std::optional<RememberedRun> remembered;
  if (!options.history.empty()) {
    remembered.emplace(options.history, evidence, fabric, judgement);
  }
  const std::filesystem::path out = options.out.empty() ? options.run_dirs.front() : options.out;
  std::filesystem::create_directories(out);
  auto texts = std::async(std::launch::async, [&] { write_texts(out, judgement); });  // beside the page
  core::Json history;
  if (remembered) {
    remembered->add(judgement.verdict);
    history = remembered->page(judgement.verdict);
  }
  write_page(out / "report.html", evidence, fabric, judgement, page.get(), roots_of(evidence, options, out),
             std::move(history));
  texts.get();
  fmt::print("{}", terminal_text(judgement.verdict, core::wants_colour(stdout)));
  fmt::print("\n{}\n", (out / "report.html").string());
  return exit_code(judgement.verdict.kind);
}

core::ExitCode run(Invocation invocation) {
  Options options;
  CLI::App app{"Judges run directories: names the slow parts, and what was not tested.", "plumb-report"};
  app.set_version_flag("--version", fmt::format("plumb-report {}\n", core::kVersion));
  app.footer(
      "Examples:\n  plumb-report runs/rack17\n  plumb-report runs/rack17 runs/rack17-again --limits "
      "site-limits.json\n  plumb-report runs/20261125T010000Z-nightly --history history.db\n");
  add_judge_options(app, options);
  app.require_subcommand(0, 1);
  add_simulate(app, invocation);
  add_grade(app, invocation);
  add_history(app, invocation);
  add_limits(app, invocation);
  core::parse_command_line(app, invocation.argc, invocation.argv);
  if (!app.get_subcommands().empty()) {
    return invocation.exit_code;
  }
  if (options.run_dirs.empty()) {
    throw core::UsageError("RUN_DIR is required; --help has examples");
  }
  return judge_runs(options);
}

}  // namespace

int report_main(int argc, char** argv) {
  return core::guarded_main("plumb-report", [&] { return run({argc, argv}); });
}

}  // namespace plumb::reports
