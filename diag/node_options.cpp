#include "diag/node_options.h"

#include <CLI/CLI.hpp>

#include "core/command_line.h"
#include "core/version.h"

namespace plumb::diag {

NodeOptions parse_node_options(int argc, const char* const* argv) {
  NodeOptions options;
  CLI::App app{
      "Looks at this host: PCIe, NICs, GPUs, kernel and settings. Changes nothing. Judge several hosts together "
      "with plumb-report.",
      "plumb-node"};
  app.set_version_flag("--version", std::string("plumb-node ") + core::kVersion + "\n");
  app.footer(
      "Examples:\n  plumb-node\n  srun --ntasks-per-node=1 plumb-node --run-dir runs/rack17\n"
      "  plumb-node --capture captured/n0005 --rename\n  plumb-node --sysroot captured/n0005\n");
  app.add_option("--run-dir", options.run_dir, "write checks.<host>.csv into this directory (default: only print)");
  app.add_option("--host", options.host, "name of this host in the rows (default: as its kernel tells it)");
  app.add_option("--only", options.only, "only these checks")->delimiter(',');
  app.add_option("--limits", options.limits, "numbers to compare with, instead of the built-in ones (JSON)");
  auto* sysroot = app.add_option("--sysroot", options.sysroot, "look at the machine captured below this directory")
                      ->capture_default_str();
  auto* capture = app.add_option("--capture", options.capture, "copy all that is looked at into this new directory")
                      ->excludes(sysroot);
  app.add_flag("--rename", options.rename, "in the capture, replace host names, addresses, GUIDs and serial numbers")
      ->needs(capture);
  app.add_flag("--all", options.all, "print what is right as well");
  app.add_flag("--list", options.list, "list the checks and what each needs, and stop");
  core::parse_command_line(app, argc, argv);
  return options;
}

}  // namespace plumb::diag
