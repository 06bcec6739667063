#include "topology/topo_program.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>

#include "core/command_line.h"
#include "core/guarded_main.h"
#include "core/json_file.h"
#include "core/run_dir.h"
#include "core/version.h"
#include "topology/map_text.h"
#include "topology/pci_devices.h"
#include "topology/source.h"

namespace plumb::topology {
namespace {

struct Options {
  std::vector<std::string> from, plans;
  std::string root = "/", host, run_dir, label = "map", show_dir;
  bool components = false, discover = false;
};

std::string this_host() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

std::vector<core::Component> components() {
  std::vector<core::Component> list{{"hwloc", hwloc_version(), ""}};
  for (const auto* source : {"ibnetdisc", "lldp", "nvml"}) {
    list.push_back({source, "", "this version has no such source; give --plan"});
  }
  return list;
}

void add_sources(CLI::App& command, Options& options) {
  command.add_option("--from", options.from,
                     "what to learn from: node (this host; the default without --plan), a run directory, a CSV file, "
                     "synthetic:fat-tree:hosts=64,… or synthetic:rail:hosts=64,rails=8,…; may be repeated");
  command.add_option("--plan", options.plans, "CSV with the columns of links.csv or nodes.csv; may be repeated");
  command.add_option("--root", options.root, "read a captured machine below this directory instead of /");
  command.add_option("--host", options.host, "name of this host in the map (default: its host name)");
}

Options parse(int argc, char** argv) {
  Options options;
  CLI::App app{"Maps the fabric: hosts, NICs, GPUs, switches and the cables between them.", "plumb-topo"};
  app.set_version_flag("--version", fmt::format("plumb-topo {}\n", core::kVersion));
  app.add_flag("--components", options.components, "print what this program was built with, and what is absent");
  app.require_subcommand(0, 1);
  auto* discover = app.add_subcommand("discover", "learn the map and write nodes.csv and links.csv");
  add_sources(*discover, options);
  discover->add_option("--run-dir", options.run_dir, "write into this run directory (default: runs/<UTC>-<label>)");
  discover->add_option("--label", options.label, "label of the new run directory");
  auto* show = app.add_subcommand("show", "print a map, writing nothing");
  add_sources(*show, options);
  show->add_option("RUN_DIR", options.show_dir, "a run directory with a map");
  app.footer(
      "Examples:\n  plumb-topo discover --plan rack17-links.csv --run-dir runs/rack17\n"
      "  plumb-topo show --from synthetic:rail:hosts=256,rails=8,leaf=32,spines=16\n");
  core::parse_command_line(app, argc, argv);
  options.discover = discover->parsed();
  if (!discover->parsed() && !show->parsed() && !options.components) {
    throw core::UsageError("say discover or show; --help has examples");
  }
  options.host = options.host.empty() ? this_host() : options.host;
  return options;
}

std::vector<std::unique_ptr<Source>> sources_of(const Options& options) {
  std::vector<std::unique_ptr<Source>> sources;
  for (const auto& from : options.from) {
    sources.push_back(source_for(from, options.root, options.host));
  }
  for (const auto& plan : options.plans) {
    sources.push_back(plan_source(plan));
  }
  if (!options.show_dir.empty()) {
    sources.push_back(run_dir_source(options.show_dir));
  }
  if (sources.empty()) {
    sources.push_back(node_source(options.root, options.host));
  }
  return sources;
}

Graph learn(std::vector<std::unique_ptr<Source>>& sources) {
  GraphBuilder builder;
  for (auto& source : sources) {
    source->add_to(builder);
  }
  return std::move(builder).seal();
}

/// A host that tells of itself writes files of its own, so that all hosts can share a run directory.
std::string file_host(const Options& options, const std::vector<std::unique_ptr<Source>>& sources) {
  return sources.size() == 1 && sources.front()->name() == "node" ? options.host : "";
}

void write(const Graph& graph, const core::RunDir& dir, const std::string& host) {
  core::write_file_atomically(dir.table_path(core::NodeRow::kTable, host), core::table_text(graph.rows()));
  core::write_file_atomically(dir.table_path(core::LinkRow::kTable, host), core::table_text(graph.link_rows()));
}

core::ExitCode run(const Options& options, int argc, char** argv) {
  if (options.components) {
    fmt::print("{}", core::components_text(components()));
    return core::ExitCode::pass;
  }
  auto sources = sources_of(options);
  if (!options.discover) {
    fmt::print("{}", map_text(learn(sources)));
    return core::ExitCode::pass;
  }
  const auto graph = learn(sources);
  const auto dir = core::RunDir::create_for(options.run_dir, options.label);
  auto manifest = core::start_manifest("plumb-topo", argc, argv);
  manifest.host = file_host(options, sources);
  manifest.components = components();
  dir.put(manifest);
  write(graph, dir, manifest.host);
  dir.close(manifest);
  fmt::print("{}", map_text(graph));
  fmt::print(stderr, "run directory: {}\n", dir.path().string());
  return core::ExitCode::pass;
}

}  // namespace

int topo_main(int argc, char** argv) {
  return core::guarded_main("plumb-topo", [&] { return run(parse(argc, argv), argc, argv); });
}

}  // namespace plumb::topology
