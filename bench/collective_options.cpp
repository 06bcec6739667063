#include "bench/collective_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "bench/backend_options.h"
#include "bench/gpu_options.h"
#include "core/command_line.h"
#include "core/error.h"
#include "core/units.h"
#include "core/version.h"

namespace plumb::bench {
namespace {

/// What is typed before it is understood.
struct Typed {
  std::string min_bytes = "32M", max_bytes = "32M", step_bytes = "1M", type = "float", op = "sum";
  std::string sync = "barrier", until, duration, timeout = "60s", place = "both", plant, split, split_mask;
  TypedBackend backend;
  int check = 1, blocking = 1;
};

constexpr int kCallsTogether = 20;  // as many as nccl-tests takes by default

SyncMode parse_sync(const std::string& text) { return text == "round-time" ? SyncMode::round_time : SyncMode::barrier; }

/// nccl-tests reads a mask so, with 0x before it or not.
std::string as_hexadecimal(const std::string& mask) { return mask.starts_with("0x") ? mask : "0x" + mask; }

PlantedError parse_planted(const std::string& text) {
  PlantedError planted;
  if (!text.empty() && std::sscanf(text.c_str(), "%d:%ld", &planted.rank, &planted.element) < 1) {
    throw core::UsageError(fmt::format("--plant-wrong {}: give RANK or RANK:ELEMENT", text));
  }
  return planted;
}

void add_nccl_options(CLI::App& app, Typed& typed, CollectiveOptions& options) {
  app.add_option("-b,--minbytes", typed.min_bytes, "smallest size (K, M, G are binary)")->capture_default_str();
  app.add_option("-e,--maxbytes", typed.max_bytes, "largest size")->capture_default_str();
  app.add_option("-i,--stepbytes", typed.step_bytes, "step between sizes, without -f")->capture_default_str();
  app.add_option("-f,--stepfactor", options.sweep.factor, "factor between sizes")->check(CLI::Range(1.0, 1e6));
  app.add_option("-n,--iters", options.sampling.stop.samples, "timed iterations a case")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("-w,--warmup_iters", options.sampling.warmup, "untimed iterations before")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("-d,--datatype", typed.type,
                 "int8 uint8 int32 uint32 int64 uint64 half float double bfloat16 f8e4m3 f8e5m2, or all")
      ->capture_default_str();
  app.add_option("-o,--op", typed.op,
                 "sum prod min max avg mulsum (each rank's part times a factor of its own first), or all")
      ->capture_default_str();
  app.add_option("-r,--root", options.sweep.root, "root of broadcast and reduce (-1: each rank in turn)")
      ->capture_default_str();
  app.add_option("-z,--blocking", typed.blocking,
                 "1: each call is waited for and timed; 0: 20 calls back to back a sample, timed together")
      ->check(CLI::Range(0, 1))
      ->capture_default_str();
  app.add_option("-c,--check", typed.check, "verify the data of each case (0: no)")->capture_default_str();
}

void add_own_options(CLI::App& app, Typed& typed, CollectiveOptions& options) {
  add_backend_options(app, typed.backend, options.backend);
  app.add_option("--place", typed.place, "out, in or both")
      ->check(CLI::IsMember({"out", "in", "both"}))
      ->capture_default_str();
  app.add_option("--sync", typed.sync, "how iterations start: barrier or round-time")
      ->check(CLI::IsMember({"barrier", "round-time"}))
      ->capture_default_str();
  app.add_option("--until", typed.until,
                 "instead of -n: until the 95 % interval of the median is within this, such as 2%");
  app.add_option("--duration", typed.duration, "instead of -n: soak each case for so long, such as 10m");
  app.add_option("-T,--timeout", typed.timeout,
                 "end the run and name the rank when nothing moves for so long (0: never)")
      ->capture_default_str();
  app.add_option("--split", typed.split,
                 "groups that run at the same time: MOD 8 joins every eighth rank, DIV 8 eight in a row; also AND, OR")
      ->envname("NCCL_TESTS_SPLIT");
  app.add_option("--split-mask", typed.split_mask, "0x7 is --split \"AND 0x7\"")->envname("NCCL_TESTS_SPLIT_MASK");
  app.add_option("--run-dir", options.run_dir, "write into this directory (default: runs/<UTC>-<label>)");
  app.add_option("--label", options.label, "name of the run");
  app.add_option("--seed", options.seed, "seed of the data")->capture_default_str();
  app.add_option("--plant-wrong", typed.plant,
                 "RANK[:ELEMENT]: flip a bit of that rank's result, to see the check fail");
  app.add_flag(
      "--channels", options.channels,
      "over NCCL (2.28 and later): one more call a case, of which each channel's start and stop on each GPU are "
      "kept, to find a slow rail");
  app.add_flag("--components", options.components,
               "list optional parts, with version or why they are absent, and stop");
}

void add_schedule_options(CLI::App& app, ScheduleOptions& options) {
  const CLI::IsMember formats({"console", "json", "csv"});
  auto* group = app.add_option_group("Google Benchmark");
  group->add_option("--benchmark_filter", options.filter, "regular expression of case names; a leading '-' leaves out");
  group->add_flag("--benchmark_list_tests", options.list, "print the names of the cases and stop");
  group->add_option("--benchmark_out", options.out, "write its report to this file");
  group->add_option("--benchmark_out_format", options.out_format, "json, csv or console")
      ->check(formats)
      ->capture_default_str();
  group
      ->add_option("--benchmark_format", options.format,
                   "its report on stdout, instead of the table: json, csv, console")
      ->check(formats);
  group->add_option("--benchmark_time_unit", options.time_unit, "unit of its times")
      ->check(CLI::IsMember({"ns", "us", "ms", "s"}))
      ->capture_default_str();
  group->add_option("--benchmark_context", options.context, "KEY=VALUE for the head of its report")
      ->check(CLI::Validator(
          [](const std::string& pair) {
            return pair.find('=') < 1 || pair.find('=') == std::string::npos ? "give KEY=VALUE" : "";
          },
          "KEY=VALUE"));
}

}  // namespace

CollectiveOptions parse_collective_options(const Collective& collective, int argc, const char* const* argv) {
  CollectiveOptions options;
  Typed typed;
  options.label = collective.name;
  const std::string program = fmt::format("plumb-{}", collective.name);
  CLI::App app{fmt::format("Measures {} and names the slow rank.", collective.title), program};
  app.set_version_flag("--version", fmt::format("{} {}\n", program, core::kVersion));
  app.footer(
      fmt::format("Examples:\n  mpirun -np 4 {0} -b 8 -e 64M -f 2\n  {0} --backend nccl -g 8 -b 8 -e 8G -f 2\n  mpirun "
                  "--hostfile hosts {0} -b 1M -e 1G -f 4 "
                  "--until 2% --run-dir runs/rack17\n",
                  program));
  add_nccl_options(app, typed, options);
  add_own_options(app, typed, options);
  add_schedule_options(app, options.schedule);
  add_gpu_options(app, options.backend);
  add_collective_gpu_options(app, options.backend);
  add_local_rank_options(app, options.local_ranks);
  core::parse_command_line(app, argc, argv);
  options.sweep.min_bytes = core::parse_bytes(typed.min_bytes);
  options.sweep.max_bytes = core::parse_bytes(typed.max_bytes);
  options.sweep.step_bytes = core::parse_bytes(typed.step_bytes);
  options.sweep.types = parse_element_types(typed.type);
  options.sweep.ops = parse_reduce_ops(typed.op);
  options.sweep.out_of_place = typed.place != "in";
  options.sweep.in_place = typed.place != "out";
  options.sampling.sync = parse_sync(typed.sync);
  options.sampling.stop.until = typed.until.empty() ? 0 : core::parse_share(typed.until, "--until");
  options.sampling.stop.duration_ns =
      typed.duration.empty() ? 0 : static_cast<double>(core::parse_duration_ns(typed.duration));
  options.timeout_ns = core::parse_duration_ns(typed.timeout);
  options.check = typed.check != 0;
  options.sampling.calls = typed.blocking != 0 ? 1 : kCallsTogether;
  understand(typed.backend, options.backend);
  options.planted = parse_planted(typed.plant);
  options.split = parse_split(typed.split_mask.empty() ? typed.split : "AND " + as_hexadecimal(typed.split_mask));
  return options;
}

}  // namespace plumb::bench
