// How fast files become a fabric: bytes a second, without the building of the map.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "topology/exporter.h"
#include "topology/read_ibnetdiscover.h"
#include "topology/source.h"

namespace {

using namespace plumb;

/// Three tiers; 220000 hosts make about 0.9 M cables and 140 MB.
std::string ibnetdiscover_of(std::int64_t hosts) {
  topology::GraphBuilder builder;
  topology::synthetic_source(
      fmt::format("fat-tree:hosts={},leaf=32,spines=48,pods={},cores=64,gbits=200", hosts, hosts / 2040 + 1))
      ->add_to(builder);
  return topology::exporter_of("ibnetdiscover").text(std::move(builder).seal(), {});
}

void read_ibnetdiscover(benchmark::State& state) {
  const topology::FileText file{"fabric.topo", ibnetdiscover_of(state.range(0))};
  std::size_t links = 0;
  for (auto _ : state) {
    links = topology::fabric_of_ibnetdiscover(file).links.size();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(file.text.size()));
  state.counters["cables"] = static_cast<double>(links);
}
BENCHMARK(read_ibnetdiscover)->Arg(1000)->Arg(220000)->Unit(benchmark::kMillisecond);

}  // namespace
