#include "diag/nccl_log_program.h"

#include <fmt/format.h>

#include "core/csv_writer.h"
#include "core/guarded_main.h"
#include "core/json_file.h"
#include "core/run_dir.h"
#include "core/terminal.h"
#include "diag/log_lines.h"
#include "diag/nccl_log.h"
#include "diag/nccl_log_options.h"
#include "diag/nccl_text.h"

namespace plumb::diag {
namespace {

void read_logs(const NcclLogOptions& options, NcclLog& log) {
  for (const auto& file : options.logs) {
    log.begin_file(file == "-" ? "stdin" : file);
    for_each_line(file, [&](std::string_view line, std::uint64_t number) { log.add_line(line, number); });
  }
}

void read_inspector(const NcclLogOptions& options, InspectorReader& reader) {
  for (const auto& file : options.inspector) {
    reader.begin_file(file == "-" ? "stdin" : file);
    for_each_line(file, [&](std::string_view line, std::uint64_t number) { reader.add_line(line, number); });
    reader.end_file();
  }
}

/// What ran, as versions that plumb-report compares between runs: not what counts ranks or sizes, which differ anyhow.
std::vector<core::Component> what_ran(const NcclChecks& checks) {
  std::vector<core::Component> components;
  for (const auto& check : checks) {
    for (const auto* name : {"nccl_version", "nccl_driver", "nccl_network", "nccl_nvls"}) {
      if (check.row.check == name && check.row.status == "pass") {
        components.push_back({name, check.row.observed, ""});
      }
    }
  }
  return components;
}

void write(const NcclChecks& checks, const NcclLogOptions& options, int argc, char** argv) {
  const auto dir = core::RunDir::create(options.run_dir);
  auto manifest = core::start_manifest("plumb-nccl-log", argc, argv);
  manifest.components = what_ran(checks);
  dir.put(manifest);
  core::write_file_atomically(dir.table_path(core::CheckRow::kTable, "nccl"), core::table_text(rows_of(checks)));
  dir.close(manifest);
  fmt::print(stderr, "rows written to {}; judge them: plumb-report {}\n", dir.path().string(), dir.path().string());
}

core::ExitCode run(const NcclLogOptions& options, int argc, char** argv) {
  NcclLog log;
  InspectorReader inspected;
  read_logs(options, log);
  read_inspector(options, inspected);
  auto& facts = log.facts();
  if (facts.info_lines + facts.warn_lines + inspected.records() == 0 && facts.troubles.empty() &&
      facts.timeouts.empty()) {
    throw core::Error(
        fmt::format("no line of NCCL among {} lines: was the job run with NCCL_DEBUG=INFO, and is this its output?",
                    facts.lines),
        core::ExitCode::nothing_measurable);
  }
  auto checks = check_nccl(facts);
  check_inspected(inspected, facts, checks);
  fmt::print("{}", nccl_text(facts, inspected, checks, core::wants_colour(stdout)));
  if (!options.run_dir.empty()) {
    write(checks, options, argc, argv);
  }
  return findings_in(checks) > 0 ? core::ExitCode::findings : core::ExitCode::pass;
}

}  // namespace

int nccl_log_main(int argc, char** argv) {
  return core::guarded_main("plumb-nccl-log", [&] { return run(parse_nccl_log_options(argc, argv), argc, argv); });
}

}  // namespace plumb::diag
