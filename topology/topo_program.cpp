#include "topology/topo_program.h"

#include <fmt/format.h>

#include "core/command_line.h"
#include "core/guarded_main.h"
#include "core/version.h"
#include "topology/command.h"

namespace plumb::topology {
namespace {

core::ExitCode run(Invocation invocation) {
  CLI::App app{"Maps the fabric: hosts, NICs, GPUs, switches and the cables between them.", "plumb-topo"};
  bool wants_components = false;
  app.set_version_flag("--version", fmt::format("plumb-topo {}\n", core::kVersion));
  app.add_flag("--components", wants_components, "print what this program was built with, and what is absent");
  app.require_subcommand(0, 1);
  add_discover(app, invocation);
  add_check(app, invocation);
  add_export(app, invocation);
  add_show(app, invocation);
  app.footer(
      "Examples:\n  plumb-topo discover --plan rack17-links.csv --run-dir runs/rack17\n"
      "  plumb-topo check --from fabric.topo --plan drawing.topo\n"
      "  plumb-topo show --from synthetic:rail:hosts=256,rails=8,leaf=32,spines=16\n");
  core::parse_command_line(app, invocation.argc, invocation.argv);
  if (wants_components) {
    fmt::print("{}", core::components_text(components()));
  } else if (app.get_subcommands().empty()) {
    throw core::UsageError("say discover, check, export or show; --help has examples");
  }
  return invocation.exit_code;
}

}  // namespace

int topo_main(int argc, char** argv) {
  return core::guarded_main("plumb-topo", [&] { return run({argc, argv}); });
}

}  // namespace plumb::topology
