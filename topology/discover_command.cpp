#include <fmt/format.h>

#include "core/check_text.h"
#include "topology/command.h"
#include "topology/map_text.h"

namespace plumb::topology {
namespace {

struct Options {
  Origin origin;
  std::vector<std::string> plans;
  std::string run_dir, label = "map";
};

/// A host that tells of itself writes files of its own, so that all hosts can share a run directory.
std::string file_host(const Options& options) {
  const bool tells_of_itself = options.plans.empty() && std::ranges::all_of(options.origin.from, [](const auto& from) {
                                 return from == "node" || from == "lldp";
                               });
  return tells_of_itself ? options.origin.live.host : "";
}

core::ExitCode discover(Options options, const Invocation& invocation) {
  if (options.origin.from.empty() && options.plans.empty()) {
    options.origin.from = {"node"};
  }
  auto sources = sources_of(options.origin);
  for (const auto& plan : options.plans) {
    sources.push_back(plan_source(plan));
  }
  const auto graph = learn(sources, file_host(options).empty() ? Roles::by_cables : Roles::told);
  const auto dir = core::RunDir::create_for(options.run_dir, options.label);
  auto manifest = core::start_manifest("plumb-topo", invocation.argc, invocation.argv);
  manifest.host = file_host(options);
  manifest.components = components();
  dir.put(manifest);
  write_map(graph, dir, manifest.host);
  const auto exit_code = exit_code_of(graph.remarks());
  dir.close(manifest, exit_code == core::ExitCode::failure ? "the map is incomplete" : "");
  fmt::print("{}{}", map_text(graph), check_text(graph.remarks()));
  fmt::print(stderr, "run directory: {}\n", dir.path().string());
  return exit_code == core::ExitCode::failure ? exit_code : core::ExitCode::pass;
}

}  // namespace

void add_discover(CLI::App& app, Invocation& invocation) {
  auto* command = app.add_subcommand("discover", "learn the map and write nodes.csv and links.csv");
  command->footer(
      "Exit code: 0; 2 wrong use; 4 something could not be seen, or a broken file.\n"
      "Examples:\n"
      "  plumb-topo discover --from ib --counters 60 --run-dir runs/fabric\n"
      "  plumb-topo discover --from node --from lldp --run-dir /shared/runs/rack17\n");
  auto options = std::make_shared<Options>();
  add_origin_options(*command, options->origin);
  command->add_option("--plan", options->plans, "a file with cables that cannot be discovered; may be repeated");
  command->add_option("--run-dir", options->run_dir, "write into this run directory (default: runs/<UTC>-<label>)");
  command->add_option("--label", options->label, "label of the new run directory");
  command->callback([options, &invocation] { invocation.exit_code = discover(*options, invocation); });
}

}  // namespace plumb::topology
