#include "reports/simulate.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "core/error.h"
#include "reports/simulated_tables.h"

namespace plumb::reports {
namespace {

// Simulated nights have dates of their own, so that the same seed gives the same bytes.
constexpr std::int64_t kFirstNight_s = 1'767'232'800, kDay_s = 86'400, kLasts_s = 300;  // 2026-01-01T02:00:00Z
constexpr std::int64_t kNs = 1'000'000'000;

std::string utc(std::int64_t seconds) { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(seconds)); }

core::RunDir new_run(const std::string& path) {
  std::error_code absent;
  if (std::filesystem::exists(path, absent) && !std::filesystem::is_empty(path, absent)) {
    throw core::UsageError(fmt::format("{} is not empty; give a new directory to --run-dir", path));
  }
  return core::RunDir::create(path);
}

core::Manifest manifest_of(core::Manifest manifest, const SimulatedRun& run) {
  const auto start_s = run.start_unix_ns / kNs;
  manifest.start_utc = utc(start_s);
  manifest.end_utc = utc(start_s + kLasts_s);
  manifest.environment.clear();
  manifest.seeds["simulate"] = run.options.seed;
  for (int generation = 0; generation < run.fabric.generations(); ++generation) {
    const auto of = static_cast<std::uint8_t>(generation);
    const auto name = run.fabric.generations() > 1 ? fmt::format("driver of {}", nic_model(of)) : "driver";
    manifest.components.push_back({name, std::string(driver_of(run, of)), ""});
  }
  return manifest;
}

void write_truth(const SimulatedRun& run) {
  auto out = run.dir.writer<TruthRow>();
  for (const auto& row : truth_of(run.planted, run.options.plan.weather.noise, run.options.routes)) {
    out.add(row);
  }
  out.flush();
}

void write_run(const SimulatedFabric& fabric, const SimulateOptions& options, Ends ends, int night,
               const core::Manifest& manifest) {
  auto planted = plant(fabric, options, ends, night);
  const auto dir = new_run(options.nights > 0 ? fmt::format("{}-{}", options.run_dir, night) : options.run_dir);
  const SimulatedRun run{fabric, options, planted, dir, ends, night, (kFirstNight_s + night * kDay_s) * kNs};
  auto told = manifest_of(manifest, run);
  dir.put(told);  // still running: readers of a run that broke off here say partial
  write_pairs(run);
  write_simulated_map(run);
  write_ports(run);
  if (fabric.has_gpus()) {
    write_gpus(run);
  }
  write_checks(run);
  write_truth(run);
  told.status = "complete";
  dir.put(told);
}

}  // namespace

void simulate(const SimulateOptions& options, const core::Manifest& manifest) {
  const SimulatedFabric fabric(options.topology, options.plan.weather.generations);
  const auto ends = options.ends.value_or(fabric.has_gpus() ? Ends::gpu : Ends::nic);
  if (ends == Ends::gpu && !fabric.has_gpus()) {
    throw core::UsageError(
        fmt::format("--endpoints gpu: {} has NICs without a GPU of their rail; take nic", options.topology));
  }
  for (int night = 1; night <= std::max(1, options.nights); ++night) {
    write_run(fabric, options, ends, night, manifest);
  }
}

}  // namespace plumb::reports
