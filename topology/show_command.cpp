#include <fmt/format.h>

#include "core/json_file.h"
#include "topology/command.h"
#include "topology/map_svg.h"
#include "topology/map_text.h"

namespace plumb::topology {
namespace {

struct Options {
  Origin origin;
  std::string run_dir, svg, html;
};

/// What the sources remarked, and the checks of the run directories among them.
std::vector<core::CheckRow> checks_of(const Origin& origin, const Graph& graph) {
  std::vector<core::CheckRow> rows(graph.remarks().begin(), graph.remarks().end());
  for (const auto& from : origin.from) {
    if (std::filesystem::is_directory(from)) {
      const auto more = core::RunDir::open(from).read<core::CheckRow>();
      rows.insert(rows.end(), more.begin(), more.end());
    }
  }
  return rows;
}

void draw(const Options& options, const Origin& origin, const Graph& graph) {
  if (graph.empty()) {
    throw core::Error("show: nothing to draw: this map has no parts");
  }
  const auto picture = draw_map(graph, placed(graph, marks_of(checks_of(origin, graph))));
  if (!options.svg.empty()) {
    core::write_file_atomically(options.svg, svg_text(picture));
    fmt::print("{}\n", options.svg);
  }
  if (!options.html.empty()) {
    core::write_file_atomically(options.html, html_text(picture));
    fmt::print("{}\n", options.html);
  }
}

core::ExitCode show(const Options& options) {
  auto origin = options.origin;
  if (!options.run_dir.empty()) {
    origin.from.push_back(options.run_dir);
  }
  if (origin.from.empty()) {
    origin.from = {"node"};
  }
  const auto graph = learn(sources_of(origin));
  if (options.svg.empty() && options.html.empty()) {
    fmt::print("{}", map_text(graph));
  } else {
    draw(options, origin, graph);
  }
  return core::ExitCode::pass;
}

}  // namespace

void add_show(CLI::App& app, Invocation& invocation) {
  auto* command = app.add_subcommand("show", "print a map, or draw it; writes nothing into the run directory");
  command->footer(
      "Examples:\n"
      "  plumb-topo show runs/rack17 --svg map.svg\n"
      "  plumb-topo show --from today.txt --html map.html\n");
  auto options = std::make_shared<Options>();
  add_origin_options(*command, options->origin);
  command->add_option("RUN_DIR", options->run_dir, "a run directory with a map");
  command->add_option("--svg", options->svg, "draw it into this file, with what its checks say");
  command->add_option("--html", options->html, "the same as a page in which names can be looked for");
  command->callback([options, &invocation] { invocation.exit_code = show(*options); });
}

}  // namespace plumb::topology
