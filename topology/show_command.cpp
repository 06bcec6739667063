#include <fmt/format.h>

#include "topology/command.h"
#include "topology/map_text.h"

namespace plumb::topology {
namespace {

core::ExitCode show(Origin origin, const std::string& run_dir) {
  if (!run_dir.empty()) {
    origin.from.push_back(run_dir);
  }
  if (origin.from.empty()) {
    origin.from = {"node"};
  }
  fmt::print("{}", map_text(learn(sources_of(origin))));
  return core::ExitCode::pass;
}

}  // namespace

void add_show(CLI::App& app, Invocation& invocation) {
  struct Options {
    Origin origin;
    std::string run_dir;
  };
  auto* command = app.add_subcommand("show", "print a map, writing nothing");
  auto options = std::make_shared<Options>();
  add_origin_options(*command, options->origin);
  command->add_option("RUN_DIR", options->run_dir, "a run directory with a map");
  command->callback([options, &invocation] { invocation.exit_code = show(options->origin, options->run_dir); });
}

}  // namespace plumb::topology
