#include "diag/node_program.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/check_text.h"
#include "core/guarded_main.h"
#include "core/json_file.h"
#include "core/run_dir.h"
#include "core/terminal.h"
#include "core/text.h"
#include "diag/capture_names.h"
#include "diag/node_check.h"
#include "diag/node_options.h"

namespace plumb::diag {
namespace {

namespace fs = std::filesystem;

std::string list_text() {
  core::Table table({{"check"}, {"what is right"}, {"needs"}});
  for (const auto& check : node_checks()) {
    table.add({std::string(check.id), std::string(check.title), std::string(check.needs)});
  }
  return table.text();
}

/// What passed is a number; the rest is told.
std::string result_text(const Machine& machine, const std::vector<core::CheckRow>& rows, bool all) {
  std::vector<core::CheckRow> told;
  std::ranges::copy_if(rows, std::back_inserter(told), [&](const auto& row) { return all || row.status != "pass"; });
  const auto passed = std::ranges::count(rows, "pass", &core::CheckRow::status);
  return fmt::format("{}: {} GPUs, {} NVSwitches, {} RDMA devices\n{}{} right{}\n", core::printable(machine.host_id()),
                     machine.gpus.size(), machine.nvswitches.size(), machine.rdma.size(), core::check_text(told),
                     passed, all ? "" : " (--all shows them)");
}

void write_rows(const NodeOptions& options, const Machine& machine, const std::vector<core::CheckRow>& rows, int argc,
                char** argv) {
  const auto dir = core::RunDir::create_for(options.run_dir, options.label);
  auto manifest = core::start_manifest("plumb-node", argc, argv);
  manifest.host = machine.host;
  dir.put(manifest);
  core::write_file_atomically(dir.table_path(core::CheckRow::kTable, machine.host), core::table_text(rows));
  dir.close(manifest);
  fmt::print(stderr, "rows written to {}; judge them: plumb-report {}\n", dir.path().string(), dir.path().string());
}

void check_capture(const NodeOptions& options) {
  if (!options.capture.empty() && fs::exists(options.capture) && !fs::is_empty(options.capture)) {
    throw core::UsageError(options.capture + ": is there already; --capture wants a new directory");
  }
}

core::ExitCode run(const NodeOptions& options, int argc, char** argv) {
  check_capture(options);
  const auto limits = options.limits.empty() ? NodeLimits() : NodeLimits(fs::path(options.limits));
  const NodeTree tree(options.sysroot, options.capture);
  const auto machine = read_machine(tree, options.host);
  const auto rows = check_node(machine, limits, options.only);
  fmt::print("{}", result_text(machine, rows, options.all));
  if (!options.run_dir.empty()) {
    write_rows(options, machine, rows, argc, argv);
  }
  if (!options.capture.empty()) {
    if (options.rename) {
      rename_in_capture(options.capture, machine.host);
    }
    fmt::print(stderr, "captured in {}; look at it again: plumb-node --sysroot {}\n", options.capture, options.capture);
  }
  const bool is_right = std::ranges::none_of(rows, &core::CheckRow::is_fault);
  return is_right ? core::ExitCode::pass : core::ExitCode::findings;
}

}  // namespace

int node_main(int argc, char** argv) {
  return core::guarded_main("plumb-node", [&] {
    const auto options = parse_node_options(argc, argv);
    if (options.list) {
      fmt::print("{}", list_text());
      return core::ExitCode::pass;
    }
    return run(options, argc, argv);
  });
}

}  // namespace plumb::diag
