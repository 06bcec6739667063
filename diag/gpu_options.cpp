#include "diag/gpu_options.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>

#include "core/command_line.h"
#include "core/version.h"

namespace plumb::diag {
namespace {

constexpr double kQuickLoad_s = 10;
constexpr int kQuickRepetitions = 5;

std::string own_host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

}  // namespace

GpuOptions parse_gpu_options(int argc, const char* const* argv) {
  GpuOptions options;
  options.host = own_host_name();
  bool quick = false;
  double soak_minutes = 0;
  CLI::App app{"Measures the GPUs of this host, each by itself and each pair, and how they do under load.",
               "plumb-gpu"};
  app.set_version_flag("--version", std::string("plumb-gpu ") + core::kVersion + "\n");
  app.footer("Examples:\n  plumb-gpu --quick\n  srun --ntasks-per-node=1 plumb-gpu --soak 30 --run-dir runs/rack17\n");
  auto* quick_flag = app.add_flag("--quick", quick, "10 s of load instead of 30, few repetitions");
  app.add_option("--soak", soak_minutes, "MINUTES of load")->check(CLI::Range(0.1, 10000.0))->excludes(quick_flag);
  app.add_option("--run-dir", options.run_dir, "write into this directory (default: runs/<UTC>-<label>)");
  app.add_option("--label", options.label, "name of the run")->capture_default_str();
  app.add_option("--host", options.host, "name of this host in the rows")->capture_default_str();
  app.add_flag("--components", options.components,
               "list optional parts, with version or why they are absent, and stop");
  core::parse_command_line(app, argc, argv);
  if (quick) {
    options.load_s = kQuickLoad_s;
    options.repetitions = kQuickRepetitions;
  }
  if (soak_minutes > 0) {
    options.load_s = soak_minutes * 60;
  }
  return options;
}

}  // namespace plumb::diag
