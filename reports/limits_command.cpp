// plumb-report limits: what healthy runs reached, as floors for others of the same hardware.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <ranges>

#include "core/units.h"
#include "reports/collective_cases.h"
#include "reports/command.h"
#include "reports/derived_checks.h"
#include "reports/judge.h"

namespace plumb::reports {
namespace {

struct Options {
  std::vector<std::string> run_dirs;
  std::string margin = "5%", time_margin = "30%", check;
};

using Floor = Limits::CollectiveFloor;

/// Of a case like this one, without bounds.
Floor floor_of(const core::CaseRow& row) {
  return {.collective = row.collective,
          .backend = row.backend,
          .memory = row.memory,
          .gpu_model = row.gpu_model,
          .algorithm = row.algorithm,
          .hosts = row.hosts,
          .ranks = row.ranks,
          .calls = row.calls,
          .bytes_from = row.bytes,
          .bytes_to = row.bytes,
          .busbw_Bps_at_least = std::nullopt,
          .p50_ns_at_most = std::nullopt};
}

/// Large messages by their bandwidth, small ones by their time; of several cases that are alike the slowest.
std::vector<Floor> collective_floors(const Evidence& evidence, double margin, double time_margin) {
  std::map<Floor, Floor> floors;  // without bounds, and with
  for (const auto& placed : evidence.cases) {
    const auto& row = placed.row;
    const auto p50_ns = static_cast<double>(row.p50_ns.value_or(0));
    if (!tells_speed(row) || row.wrong.value_or(0) > 0 || (!tells_bandwidth(row) && p50_ns <= 0)) {
      continue;
    }
    const auto like_it = floor_of(row);
    auto& floor = floors.try_emplace(like_it, like_it).first->second;
    if (tells_bandwidth(row)) {
      const double busbw = std::round(row.busbw_Bps.value_or(0) * (1 - margin));
      floor.busbw_Bps_at_least = std::min(busbw, floor.busbw_Bps_at_least.value_or(busbw));
    } else {
      const double p50 = std::round(p50_ns * (1 + time_margin));
      floor.p50_ns_at_most = std::max(p50, floor.p50_ns_at_most.value_or(p50));
    }
  }
  std::vector<Floor> all;
  std::ranges::copy(floors | std::views::values, std::back_inserter(all));
  return all;
}

/// Of each model and test the slowest GPU.
std::vector<Limits::GpuFloor> gpu_floors(const Evidence& evidence, const topology::Graph& graph, double margin) {
  std::map<std::pair<std::string_view, std::string_view>, double> least;
  const auto is_rate = tests_that(evidence, [&](const GpuTest& test) {
    const auto& unit = evidence.words[test.unit];
    return (unit == "Bps" || unit == "FLOP/s") && evidence.words[test.status] == "ok";
  });
  GpuModels models(evidence, graph);
  for (const auto& reading : evidence.gpu_rows) {
    const auto model = models.of(reading);
    if (!model.empty() && reading.value > 0 && is_rate[reading.test]) {
      const auto& test = evidence.words[evidence.gpu_tests[reading.test].test];
      const auto [at, is_new] = least.try_emplace({model, test}, reading.value);
      at->second = std::min(at->second, reading.value);
    }
  }
  std::vector<Limits::GpuFloor> floors;
  for (const auto& [what, value] : least) {
    floors.push_back({std::string(what.first), std::string(what.second), std::round(value * (1 - margin))});
  }
  return floors;
}

/// The measured ones; the built-in ones of what was not measured stay.
void put(std::vector<Limits::GpuFloor> measured, Limits& limits) {
  std::erase_if(limits.gpu_floors, [&](const auto& built_in) {
    return std::ranges::any_of(
        measured, [&](const auto& one) { return one.model == built_in.model && one.test == built_in.test; });
  });
  std::ranges::move(measured, std::back_inserter(limits.gpu_floors));
}

core::ExitCode check(const std::string& file) {
  const auto limits = read_limits(file);
  fmt::print("{}: {} limits of collectives, {} of GPUs\n", file, limits.collective_floors.size(),
             limits.gpu_floors.size());
  return core::ExitCode::pass;
}

core::ExitCode run(const Options& options) {
  if (!options.check.empty()) {
    return check(options.check);
  }
  if (options.run_dirs.empty()) {
    throw core::UsageError("limits: RUN_DIR or --check FILE is required; --help has examples");
  }
  const double margin = core::parse_share(options.margin, "--margin"),
               time_margin = core::parse_share(options.time_margin, "--time-margin");
  const std::vector<std::filesystem::path> dirs(options.run_dirs.begin(), options.run_dirs.end());
  const auto evidence = read_evidence(dirs);
  Fabric fabric(read_map(dirs));
  auto limits = default_limits();
  const auto verdict = judge(evidence, fabric, limits).verdict;
  if (verdict.kind == core::VerdictKind::fail) {
    throw core::Error(fmt::format("{} fails: {}; limits from it would let the same pass again",
                                  options.run_dirs.front(), verdict.findings.front().title));
  }
  limits.collective_floors = collective_floors(evidence, margin, time_margin);
  auto gpus = gpu_floors(evidence, fabric.graph(), margin);
  if (limits.collective_floors.empty() && gpus.empty()) {
    throw core::Error(
        fmt::format("{} holds no collectives and no tests of GPUs of a known model", options.run_dirs.front()),
        core::ExitCode::nothing_measurable);
  }
  fmt::print(stderr, "{} limits of collectives, {} of GPUs\n", limits.collective_floors.size(), gpus.size());
  put(std::move(gpus), limits);
  fmt::print("{}\n", to_json(limits).dump(2));
  return core::ExitCode::pass;
}

}  // namespace

void add_limits(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<Options>();
  auto* const command = app.add_subcommand(
      "limits", "writes what healthy runs reached as limits for others (to stdout), for --limits of later reports");
  command->add_option("RUN_DIR", options->run_dirs, "run directories of hosts that are known to be good");
  command->add_option("--margin", options->margin, "bandwidths may be so much lower")->capture_default_str();
  command->add_option("--time-margin", options->time_margin, "times of small messages may be so much longer")
      ->capture_default_str();
  command->add_option("--check", options->check, "read this file of limits, say what is wrong with it, and stop");
  command->footer(
      "Examples:\n  plumb-report limits runs/golden-1 runs/golden-2 > h100-limits.json\n"
      "  plumb-report runs/rack17 --limits h100-limits.json\n");
  command->callback([&invocation, options] { invocation.exit_code = run(*options); });
}

}  // namespace plumb::reports
