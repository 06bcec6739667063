// Rendering of what plumb-report writes for people: the page's data, its text, and the picture of the map.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "reports/map_page.h"
#include "reports/outputs.h"
#include "reports/simulate.h"

namespace {

using namespace plumb::reports;

/// A fleet that was judged; made once a size, since that takes longer than what is timed.
struct Judged {
  Evidence evidence;
  Fabric fabric;
  Judgement judgement;

  Judged(const std::filesystem::path& dir)
      : evidence(read_evidence({dir})), fabric(read_map({dir})), judgement(judge(evidence, fabric, default_limits())) {}
};

std::unique_ptr<Judged> judged(std::int64_t hosts) {
  const auto dir = std::filesystem::temp_directory_path() / fmt::format("plumb-render-{}", ::getpid());
  SimulateOptions options;
  options.topology = fmt::format("rail:hosts={},rails=8,leaf=32,spines=32,pods={},cores=16", hosts, hosts / 512 + 2);
  options.plan = parse_faults("easy");
  options.run_dir = dir.string();
  simulate(options, {});
  auto made = std::make_unique<Judged>(dir);
  std::filesystem::remove_all(dir);
  return made;
}

void page_text(benchmark::State& state) {
  const auto run = judged(state.range(0));
  std::size_t bytes = 0;
  for (auto _ : state) {
    bytes = script_safe(page_data_ahead(run->evidence, run->fabric, run->judgement)).size() +
            script_safe(page_data(run->evidence, run->fabric, run->judgement)).size();
  }
  state.counters["MB"] = static_cast<double>(bytes) / 1e6;
}
BENCHMARK(page_text)->Arg(1000)->Arg(27'500)->Unit(benchmark::kMillisecond);

void map_picture(benchmark::State& state) {
  const auto run = judged(state.range(0));
  std::size_t bytes = 0;
  for (auto _ : state) {
    bytes = map_svg(run->evidence, run->fabric, run->judgement).size();
  }
  state.counters["MB"] = static_cast<double>(bytes) / 1e6;
}
BENCHMARK(map_picture)->Arg(1000)->Arg(27'500)->Unit(benchmark::kMillisecond);

}  // namespace
