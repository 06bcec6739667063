// From rows to a verdict, on a hard fleet: paths of the measurements, what their classes give, and the whole judging.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <map>

#include "reports/judge.h"
#include "reports/simulate.h"
#include "tests/core/temporary_dir.h"

namespace plumb::reports {
namespace {

struct Run {
  Evidence evidence;
  Map map;
};

/// Two generations of NICs, three tiers, 3 % of the parts faulty; as in tests/labs/quality.
Run simulated_run_of(std::int64_t hosts) {
  const test::TemporaryDir dir;
  SimulateOptions options;
  options.topology = fmt::format("rail:hosts={},rails=8,leaf=32,spines=32,pods={},cores=16", hosts, hosts / 512 + 2);
  options.plan = parse_faults("hard");
  options.run_dir = (dir.path() / "run").string();
  simulate(options, {});
  return {read_evidence({options.run_dir}), read_map({options.run_dir})};
}

const Run& run_of(std::int64_t hosts) {
  static std::map<std::int64_t, Run> known;
  const auto found = known.find(hosts);
  return found != known.end() ? found->second : known.emplace(hosts, simulated_run_of(hosts)).first->second;
}

void count_rows(benchmark::State& state, const Run& run) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(run.evidence.pairs.size()));
}

void trace_paths(benchmark::State& state) {
  const auto& run = run_of(state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    Fabric fabric(run.map);
    state.ResumeTiming();
    benchmark::DoNotOptimize(paths_of(run.evidence, fabric).touches.stretches());
  }
  count_rows(state, run);
}
BENCHMARK(trace_paths)->Arg(1000)->Arg(27'500)->Unit(benchmark::kMillisecond);

void class_measurements(benchmark::State& state) {
  const auto& run = run_of(state.range(0));
  Fabric fabric(run.map);
  const auto paths = paths_of(run.evidence, fabric);
  for (auto _ : state) {
    benchmark::DoNotOptimize(Expectations(run.evidence, paths, default_limits()).classes().size());
  }
  count_rows(state, run);
}
BENCHMARK(class_measurements)->Arg(1000)->Arg(27'500)->Unit(benchmark::kMillisecond);

void judge_run(benchmark::State& state) {
  const auto& run = run_of(state.range(0));
  std::size_t findings = 0;
  for (auto _ : state) {
    state.PauseTiming();
    Fabric fabric(run.map);
    state.ResumeTiming();
    findings = judge(run.evidence, fabric, default_limits()).verdict.findings.size();
  }
  state.counters["findings"] = static_cast<double>(findings);
  count_rows(state, run);
}
BENCHMARK(judge_run)->Arg(1000)->Arg(27'500)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace plumb::reports
