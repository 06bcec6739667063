// What the commands of plumb-topo share: where a map comes from.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/manifest.h"
#include "core/run_dir.h"
#include "topology/source.h"

namespace plumb::topology {

struct Origin {
  std::vector<std::string> from;
  LiveOptions live;
};

/// --from, --root and --host.
void add_origin_options(CLI::App& command, Origin& origin);

/// Throws UsageError for a --from that is nothing.
std::vector<std::unique_ptr<Source>> sources_of(const Origin& origin);

/// Asks every source in turn, and seals. A source that is absent is a remark.
Graph learn(const std::vector<std::unique_ptr<Source>>& sources, Roles roles = Roles::by_cables);

/// A file in any known format, or a rule as for synthetic:. Throws UsageError for anything else.
Graph learn_plan(const std::string& plan);
bool is_rule(const std::string& plan);

/// hwloc, ibnetdisc, lldp, nvml: version, or why it is absent.
std::vector<core::Component> components();

/// What was typed; each command is a callback that CLI11 runs and that leaves its exit code here.
struct Invocation {
  Invocation(int count, char** words) : argc(count), argv(words) {}
  int argc;
  char** argv;
  core::ExitCode exit_code = core::ExitCode::pass;
};

/// Ends with nodes.csv, links.csv, ports.csv and the remarks in `dir`, the files named after `host` unless it is empty.
void write_map(const Graph& graph, const core::RunDir& dir, const std::string& host);

/// failure when something could not be seen, findings when something is wrong, else pass.
core::ExitCode exit_code_of(std::span<const core::CheckRow> rows);

/// Each adds one subcommand.
void add_discover(CLI::App& app, Invocation& invocation);
void add_check(CLI::App& app, Invocation& invocation);
void add_export(CLI::App& app, Invocation& invocation);
void add_show(CLI::App& app, Invocation& invocation);

}  // namespace plumb::topology
