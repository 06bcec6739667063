// Localisation of slow NICs: hosts of one rail in five random matchings, one NIC in a hundred slow.
#include <benchmark/benchmark.h>

#include <numeric>
#include <random>

#include "reports/localise.h"

namespace plumb::reports {
namespace {

struct Measured {
  PathTouches touched;
  Incidence incidence;
};

Measured matchings(std::uint32_t nics, int rounds) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> noise(0, 0.02);
  std::vector<std::uint32_t> order(nics);
  std::iota(order.begin(), order.end(), 0U);
  Measured measured;
  auto& incidence = measured.incidence;
  incidence.log_prior.assign(nics, 0.0F);
  const auto factor = [](std::uint32_t nic) { return nic % 100 == 7 ? 0.5 : 1.0; };
  for (int round = 0; round < rounds; ++round) {
    std::shuffle(order.begin(), order.end(), random);
    for (std::size_t i = 0; i + 1 < nics; i += 2) {
      for (const auto& [src, dst] : {std::pair(order[i], order[i + 1]), std::pair(order[i + 1], order[i])}) {
        const Touch touches[] = {{src, Direction::out, 1}, {dst, Direction::in, 1}};
        incidence.add(std::min(factor(src), factor(dst)) * std::exp(noise(random)), 0.02,
                      static_cast<std::uint32_t>(measured.touched.size()));
        measured.touched.add(touches);
      }
    }
  }
  return measured;
}

void localise_slow_nics(benchmark::State& state) {
  auto measured = matchings(static_cast<std::uint32_t>(state.range(0)), 5);
  auto& incidence = measured.incidence;
  incidence.touched = &measured.touched;
  std::size_t blames = 0;
  for (auto _ : state) {
    blames = localise(incidence).blames.size();
  }
  state.counters["blamed"] = static_cast<double>(blames);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(incidence.measurements()));
}
BENCHMARK(localise_slow_nics)->Arg(1000)->Arg(10'000)->Arg(27'500)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace plumb::reports
