#include "bench/pair_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>

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
  std::string min_bytes = "4M", max_bytes, max_time = "2s", timeout = "60s";
  std::vector<std::string> latency_bytes = {"8"};
  TypedBackend backend;
  double factor = 2;
  int check = 1;
};

void add_options(CLI::App& app, Typed& typed, PairOptions& options) {
  auto& sampling = options.sampling;
  app.add_option(
         "--schedule", options.schedule,
         "round-robin, matchings:K, ring, neighbours, bisection, all-rails[:K], loopback (each NIC with its own "
         "host's memory: --backend verbs, or ucx with UCX_TLS=rc), file:retest.csv")
      ->capture_default_str();
  app.add_option("-b,--minbytes", typed.min_bytes, "smallest message (K, M, G are binary)")->capture_default_str();
  app.add_option("-e,--maxbytes", typed.max_bytes, "largest message (default: the smallest)");
  app.add_option("-f,--stepfactor", typed.factor, "factor between sizes")
      ->check(CLI::Range(1.01, 1e6))
      ->capture_default_str();
  app.add_option("-n,--iters", sampling.windows, "timed windows a direction")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("-w,--warmup_iters", sampling.warmup, "untimed windows before")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--window", sampling.window, "messages under way at once")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  app.add_option("--latency-iters", sampling.pings, "ping-pongs a pair and size (0: none)")
      ->check(CLI::Range(0, 10'000'000))
      ->capture_default_str();
  app.add_option("--latency-bytes", typed.latency_bytes, "their sizes, such as 8,4K,1M")
      ->delimiter(',')
      ->capture_default_str();
  app.add_flag("--bidirectional", options.bidirectional, "measure both directions at once, too");
  app.add_option("--max-time", typed.max_time, "stop a direction that takes longer, after five windows")
      ->capture_default_str();
  app.add_option("-c,--check", typed.check, "verify what arrives (0: no)")->capture_default_str();
}

void add_place_options(CLI::App& app, Typed& typed, PairOptions& options) {
  add_backend_options(app, typed.backend, options.backend);
  app.add_flag("--allow-shared", options.allow_shared, "measure although ranks share a network device");
  app.add_option("--timeout", typed.timeout, "end the run and name the rank when nothing moves for so long (0: never)")
      ->capture_default_str();
  app.add_option("--run-dir", options.run_dir, "write into this directory (default: runs/<UTC>-<label>)");
  app.add_option("--label", options.label, "name of the run")->capture_default_str();
  app.add_option("--seed", options.sampling.seed, "seed of data and random matchings")->capture_default_str();
  app.add_option("--plant-wrong", options.sampling.plant_wrong, "RANK: flip a bit of what it receives");
  app.add_option("--topology", options.topology,
                 "map that the schedule follows: a run directory, a file that plumb-topo reads, or synthetic:… "
                 "(default: the run directory's own, if it has one)");
  app.add_flag("--plan", options.plan,
               "print rounds, time, coverage, and what would be seen; measure nothing (no mpirun needed)");
  app.add_option("--assume-noise", options.assumed_noise_percent, "of --plan: noise of a healthy measurement, percent")
      ->check(CLI::Range(0.1, 50.0))
      ->capture_default_str();
  app.add_flag("--components", options.components,
               "list optional parts, with version or why they are absent, and stop");
}

std::vector<std::int64_t> sizes_of(const Typed& typed) {
  const auto low = core::parse_bytes(typed.min_bytes);
  const auto high = typed.max_bytes.empty() ? low : core::parse_bytes(typed.max_bytes);
  if (low < 1 || high < low) {
    throw core::UsageError(fmt::format("-b {} -e {}: sizes start at 1 byte and go up", typed.min_bytes,
                                       typed.max_bytes.empty() ? typed.min_bytes : typed.max_bytes));
  }
  std::vector<std::int64_t> sizes;
  auto size = static_cast<double>(low);
  while (size <= static_cast<double>(high) + 0.5) {
    const auto bytes = std::llround(size);
    if (sizes.empty() || bytes > sizes.back()) {
      sizes.push_back(bytes);
    }
    size *= typed.factor;
  }
  return sizes;
}

std::vector<std::int64_t> latency_sizes_of(const Typed& typed) {
  std::vector<std::int64_t> sizes;
  for (const auto& text : typed.latency_bytes) {
    const auto bytes = core::parse_bytes(text);
    if (bytes < 1 || std::ranges::find(sizes, bytes) != sizes.end()) {
      throw core::UsageError(
          fmt::format("--latency-bytes {}: give each size once, from 1 byte on", fmt::join(typed.latency_bytes, ",")));
    }
    sizes.push_back(bytes);
  }
  return sizes;
}

}  // namespace

PairOptions parse_pair_options(int argc, const char* const* argv) {
  PairOptions options;
  Typed typed;
  CLI::App app{"Measures pairs of ranks, each direction its own, to name the slow host, NIC or link.", "plumb-pairs"};
  app.set_version_flag("--version", fmt::format("plumb-pairs {}\n", core::kVersion));
  app.footer(
      "Examples:\n"
      "  mpirun --map-by ppr:1:node --hostfile hosts plumb-pairs --schedule matchings:4 --run-dir runs/rack17\n"
      "  mpirun --map-by ppr:1:node --hostfile hosts plumb-pairs --schedule file:runs/rack17/retest.csv\n"
      "  plumb-pairs --plan --schedule matchings:4 --topology synthetic:rail:hosts=2048,rails=8,leaf=32,spines=16\n");
  add_options(app, typed, options);
  add_place_options(app, typed, options);
  add_gpu_options(app, options.backend);
  add_local_rank_options(app, options.local_ranks);
  core::parse_command_line(app, argc, argv);
  options.sizes = sizes_of(typed);
  options.latency_sizes = latency_sizes_of(typed);
  options.sampling.budget_ns = static_cast<double>(core::parse_duration_ns(typed.max_time));
  options.timeout_ns = core::parse_duration_ns(typed.timeout);
  options.sampling.check = typed.check != 0;
  understand(typed.backend, options.backend);
  return options;
}

}  // namespace plumb::bench
