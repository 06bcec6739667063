#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "core/check_text.h"
#include "core/csv_writer.h"
#include "core/json_file.h"
#include "topology/check.h"
#include "topology/command.h"

namespace plumb::topology {
namespace {

struct Options {
  Origin origin;
  std::string plan, run_dir;
};

constexpr std::string_view kCheckTable = "checks.plan";

/// Into the run directory that was asked for: what was checked, and the map where it came from elsewhere.
void write(const Graph& found, std::span<const core::CheckRow> rows, const Options& options,
           const Invocation& invocation) {
  const auto dir = core::RunDir::create(options.run_dir);
  auto manifest = core::start_manifest("plumb-topo-check", invocation.argc, invocation.argv);
  manifest.components = components();
  dir.put(manifest);
  if (!options.origin.from.empty()) {
    write_map(found, dir, "");
  }
  core::write_file_atomically(dir.table_path(kCheckTable), core::table_text(rows));
  dir.close(manifest);
  fmt::print(stderr, "run directory: {}\n", dir.path().string());
}

/// A map that discover --plan has made holds the plan: held against itself it would be right.
bool is_held_against_itself(const Origin& origin, const Options& options) {
  return !options.plan.empty() && !is_rule(options.plan) &&
         std::ranges::all_of(origin.from, [](const auto& from) { return std::filesystem::is_directory(from); });
}

bool has_cables(const Graph& graph) {
  return std::ranges::any_of(graph.link_rows(), [](const auto& row) { return row.kind == "cable"; });
}

bool has_planned_rows(const Graph& graph) {
  const auto is_planned = [](const auto& row) { return row.source == kPlanned; };
  return std::ranges::any_of(graph.rows(), is_planned) || std::ranges::any_of(graph.link_rows(), is_planned);
}

/// No cable is left of a map that had some: that, instead of what the checks say of an empty map.
void tell_unseen(std::vector<core::CheckRow>& rows) {
  std::erase_if(rows, [](const core::CheckRow& row) { return row.check == "cable" && row.status == "absent"; });
  rows.push_back({"", "", "cable", "absent", "nothing was seen: every cable of the map is only planned",
                  "cables that a source has seen",
                  "discover with --from ib, lldp or a dump into this directory, then check again"});
}

core::ExitCode check(const Options& options, const Invocation& invocation) {
  if (options.origin.from.empty() && options.run_dir.empty()) {
    throw core::UsageError("check: say what to check: --from FILE, or --run-dir DIR with a map");
  }
  auto origin = options.origin;
  if (origin.from.empty()) {
    if (!std::filesystem::is_directory(options.run_dir)) {
      throw core::UsageError(
          fmt::format("--run-dir {}: there is no such directory to check; say --from FILE too", options.run_dir));
    }
    origin.from = {options.run_dir};
  }
  auto found = learn(sources_of(origin));
  const bool had_cables = has_cables(found);
  if (is_held_against_itself(origin, options) && has_planned_rows(found)) {
    found = seen_of(found);
  }
  const auto plan = options.plan.empty() ? Graph() : learn_plan(options.plan);
  auto rows = check_map({found, options.plan.empty() ? nullptr : &plan, is_rule(options.plan)});
  if (had_cables && !has_cables(found)) {
    tell_unseen(rows);
  }
  if (!options.run_dir.empty()) {
    write(found, rows, options, invocation);
  }
  rows.insert(rows.begin(), found.remarks().begin(), found.remarks().end());
  fmt::print("{}", check_text(rows));
  return exit_code_of(rows);
}

}  // namespace

void add_check(CLI::App& app, Invocation& invocation) {
  auto* command = app.add_subcommand("check", "hold a map against its plan and against itself");
  command->footer(
      "Exit code: 0 right, as planned; 1 findings; 2 wrong use; 4 something could not be seen, or a broken file.\n"
      "Examples:\n"
      "  plumb-topo check --from today.txt --plan drawing.topo\n"
      "  plumb-topo check --run-dir runs/rack17 --plan rail:hosts=256,rails=8,leaf=32\n");
  auto options = std::make_shared<Options>();
  add_origin_options(*command, options->origin);
  command->add_option("--plan", options->plan,
                      "what was planned: a file in any known format, or a rule such as rail:hosts=256,rails=8,leaf=32");
  command->add_option("--run-dir", options->run_dir,
                      "write checks here; without --from, the map in it is the one that is checked");
  command->callback([options, &invocation] { invocation.exit_code = check(*options, invocation); });
}

}  // namespace plumb::topology
