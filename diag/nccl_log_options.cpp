#include "diag/nccl_log_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>

#include "core/command_line.h"
#include "core/error.h"
#include "core/version.h"

namespace plumb::diag {
namespace {

std::vector<std::string> files_of(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const auto& path : paths) {
    if (!std::filesystem::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    const auto first = static_cast<std::ptrdiff_t>(files.size());
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
      if (entry.is_regular_file()) {
        files.push_back(entry.path().string());
      }
    }
    std::sort(files.begin() + first, files.end());
  }
  return files;
}

}  // namespace

NcclLogOptions parse_nccl_log_options(int argc, const char* const* argv) {
  NcclLogOptions options;
  CLI::App app{
      "Reads the logs of a job that uses NCCL (NCCL_DEBUG=INFO) and names what is wrong, with the line that "
      "shows it and what to do.",
      "plumb-nccl-log"};
  app.set_version_flag("--version", std::string("plumb-nccl-log ") + core::kVersion + "\n");
  app.footer(
      "Exit code: 0 nothing wrong, 1 findings, 2 usage, 3 nothing of NCCL in the files, 4 failure.\n"
      "Examples:\n  plumb-nccl-log slurm-4711.out\n  kubectl logs -l job-name=train --prefix --tail=-1 | "
      "plumb-nccl-log -\n"
      "  plumb-nccl-log logs/*.gz --inspector /scratch/inspector-4711 --run-dir runs/job4711\n");
  app.add_option("files", options.logs, "logs of all ranks, mixed or one a rank, plain or gzip; - is stdin");
  app.add_option("--inspector", options.inspector, "JSON of NCCL's inspector, files or its directory");
  app.add_option("--run-dir", options.run_dir, "write checks.nccl.csv into this directory, for plumb-report");
  core::parse_command_line(app, argc, argv);
  if (options.logs.empty() && options.inspector.empty()) {
    throw core::UsageError("say what to read: log files, - for stdin, or --inspector FILE");
  }
  options.logs = files_of(options.logs);
  options.inspector = files_of(options.inspector);
  return options;
}

}  // namespace plumb::diag
