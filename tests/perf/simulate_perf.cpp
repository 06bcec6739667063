// How fast a fleet with planted faults is made: ways that are hashed anew for each measurement, and whole runs.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "reports/simulate.h"
#include "reports/simulated_fabric.h"
#include "reports/simulated_ways.h"

namespace {

using namespace plumb::reports;

/// Two generations of NICs, three tiers; as in tests/labs/quality.
std::string topology_of(std::int64_t hosts) {
  return fmt::format("rail:hosts={},rails=8,leaf=32,spines=32,pods={},cores=16", hosts, hosts / 512 + 2);
}

void simulated_way(benchmark::State& state) {
  const SimulatedFabric fabric(topology_of(state.range(0)), 2);
  SimulatedWays ways(fabric.graph());
  Draws draws(1, "perf");
  const auto& rail = fabric.rails().front();
  std::size_t cables = 0;
  for (auto way : state) {
    const auto src = rail[draws.below(rail.size())], dst = rail[draws.below(rail.size())];
    cables += ways.draw(fabric.ends()[src].leaf, fabric.ends()[dst].leaf, draws) ? ways.cables().size() : 0;
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["cables"] = benchmark::Counter(static_cast<double>(cables), benchmark::Counter::kAvgIterations);
}
BENCHMARK(simulated_way)->Arg(1000)->Arg(27500);

void simulated_run(benchmark::State& state) {
  const auto dir = std::filesystem::temp_directory_path() / fmt::format("plumb-perf-{}", ::getpid());
  SimulateOptions options;
  options.topology = topology_of(state.range(0));
  options.plan = parse_faults("hard");
  options.run_dir = dir.string();
  for (auto run : state) {
    simulate(options, {});
    state.PauseTiming();
    std::filesystem::remove_all(dir);
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));  // hosts
}
BENCHMARK(simulated_run)->Arg(1000)->Arg(27500)->Unit(benchmark::kMillisecond);

}  // namespace
