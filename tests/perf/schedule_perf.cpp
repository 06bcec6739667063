// A schedule that follows the map, for one rail.
#include <benchmark/benchmark.h>

#include <numeric>

#include "bench/pair_schedule.h"

namespace plumb::bench {
namespace {

void stratified_matchings_of_a_rail(benchmark::State& state) {
  constexpr int kLeaf = 32, kPod = 512, kRounds = 4;
  const auto hosts = static_cast<int>(state.range(0));
  std::vector<int> members(static_cast<std::size_t>(hosts));
  std::iota(members.begin(), members.end(), 0);
  std::vector<PairPlace> places;
  for (int h = 0; h < hosts; ++h) {
    places.push_back({static_cast<std::uint32_t>(h / kLeaf), static_cast<std::uint32_t>(h / kPod)});
  }
  for (auto _ : state) {
    std::mt19937_64 random(1);
    benchmark::DoNotOptimize(topology::stratified_matchings(members, places, kRounds, random));
  }
  state.SetItemsProcessed(state.iterations() * hosts * kRounds);
}
BENCHMARK(stratified_matchings_of_a_rail)->Arg(1000)->Arg(27'500)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace plumb::bench
