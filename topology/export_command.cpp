#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>

#include "core/json_file.h"
#include "topology/command.h"
#include "topology/exporter.h"

namespace plumb::topology {
namespace {

struct Options {
  Origin origin;
  ExportOptions exporter;
  std::string format, run_dir, output;
};

core::ExitCode export_map(const Options& options) {
  auto origin = options.origin;
  if (!options.run_dir.empty()) {
    origin.from.push_back(options.run_dir);
  }
  if (origin.from.empty()) {
    throw core::UsageError("export: say what to export: --run-dir DIR with a map, or --from FILE");
  }
  const auto& exporter = exporter_of(options.format);
  const auto text = exporter.text(learn(sources_of(origin)), options.exporter);
  if (options.output.empty()) {
    fmt::print("{}", text);
  } else {
    core::write_file_atomically(options.output, text);
  }
  return core::ExitCode::pass;
}

std::string formats() {
  std::string text;
  for (const auto& exporter : exporters()) {
    text += fmt::format("{}{} ({})", text.empty() ? "" : "; ", exporter.format, exporter.says);
  }
  return text;
}

}  // namespace

void add_export(CLI::App& app, Invocation& invocation) {
  auto* command = app.add_subcommand("export", "write a map in the form that another tool reads");
  command->footer(
      "Examples:\n"
      "  plumb-topo export --run-dir runs/site --format slurm -o /etc/slurm/topology.conf\n"
      "  plumb-topo export --from today.txt --format dot | dot -Tsvg -o rack17.svg\n");
  auto options = std::make_shared<Options>();
  add_origin_options(*command, options->origin);
  command->add_option("--run-dir", options->run_dir, "the run directory with the map");
  command->add_option("--format", options->format, formats())->required();
  command->add_option("-o,--output", options->output, "write to this file instead of stdout");
  auto* host = command->get_option("--host");
  host->description("the host that --format nccl tells of; with --from node or lldp, this host's name in the map");
  command->callback([options, host, &invocation] {
    options->exporter.host = host->count() > 0 ? options->origin.live.host : "";
    invocation.exit_code = export_map(*options);
  });
}

}  // namespace plumb::topology
