// Reading a run directory: rows into the sealed map and into evidence, words into numbers, ways of pairs.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <numeric>
#include <random>

#include "reports/evidence.h"
#include "reports/map.h"
#include "reports/word_index.h"
#include "tests/core/temporary_dir.h"
#include "topology/source.h"
#include "topology/ways.h"

namespace plumb::reports {
namespace {

/// Eight rails in three tiers.
topology::Graph fabric_of(std::int64_t hosts) {
  topology::GraphBuilder builder;
  topology::synthetic_source(fmt::format("rail:hosts={},leaf=32,spines=32,pods={},cores=64", hosts, hosts / 1020 + 1))
      ->add_to(builder);
  return std::move(builder).seal();
}

/// One random matching of all NICs, both ways.
std::vector<std::pair<topology::NodeIndex, topology::NodeIndex>> matching_of(const topology::Graph& graph) {
  std::vector<topology::NodeIndex> nics;
  for (topology::NodeIndex n = 0; n < graph.node_count(); ++n) {
    if (graph.kind(n) == topology::NodeKind::nic && graph.row(n).rail == 0) {
      nics.push_back(n);
    }
  }
  std::shuffle(nics.begin(), nics.end(), std::mt19937_64(1));
  std::vector<std::pair<topology::NodeIndex, topology::NodeIndex>> pairs;
  for (std::size_t i = 0; i + 1 < nics.size(); i += 2) {
    pairs.insert(pairs.end(), {{nics[i], nics[i + 1]}, {nics[i + 1], nics[i]}});
  }
  return pairs;
}

template <class Row, class Rows>
void write(const core::RunDir& dir, const Rows& rows) {
  auto writer = dir.writer<Row>();
  for (const auto& view : rows) {
    Row row;
    core::copy_columns(view, row);
    writer.add(row);
  }
  writer.flush();
}

std::vector<core::PairRow> pair_rows(const topology::Graph& graph) {
  std::vector<core::PairRow> rows;
  for (const auto& [src, dst] : matching_of(graph)) {
    core::PairRow row;
    row.src = graph.row(src).id;
    row.dst = graph.row(dst).id;
    row.backend = "verbs";
    row.memory = "host";
    row.bytes = 4 << 20;
    row.samples = 20;
    row.p50_ns = row.p99_ns = 83886;
    row.bw_Bps = row.min_bw_Bps = 48617580117.957;
    row.wrong = 0;
    row.status = "ok";
    row.mode = "uni";
    rows.push_back(row);
  }
  return rows;
}

std::int64_t bytes_of(const std::filesystem::path& dir, const std::vector<std::string>& files) {
  return std::accumulate(files.begin(), files.end(), std::int64_t{0}, [&](std::int64_t sum, const std::string& file) {
    return sum + static_cast<std::int64_t>(std::filesystem::file_size(dir / file));
  });
}

void read_nodes_and_links(benchmark::State& state) {
  const test::TemporaryDir dir;
  const auto graph = fabric_of(state.range(0));
  const auto run = core::RunDir::create(dir.path());
  write<core::NodeRow>(run, graph.rows());
  write<core::LinkRow>(run, graph.link_rows());
  while (state.KeepRunning()) {
    benchmark::DoNotOptimize(read_map({dir.path()}).graph.link_count());
  }
  state.SetBytesProcessed(state.iterations() * bytes_of(dir.path(), {"nodes.csv", "links.csv"}));
}
BENCHMARK(read_nodes_and_links)->Arg(1000)->Arg(27'500)->Unit(benchmark::kMillisecond);

void read_pairs(benchmark::State& state) {
  const test::TemporaryDir dir;
  write<core::PairRow>(core::RunDir::create(dir.path()), pair_rows(fabric_of(state.range(0))));
  while (state.KeepRunning()) {
    benchmark::DoNotOptimize(read_evidence({dir.path()}).pairs.size());
  }
  state.SetBytesProcessed(state.iterations() * bytes_of(dir.path(), {"pairs.csv"}));
}
BENCHMARK(read_pairs)->Arg(1000)->Arg(27'500)->Unit(benchmark::kMillisecond);

/// Eight ranks a host, fourteen sizes.
void read_rank_times(benchmark::State& state) {
  const test::TemporaryDir dir;
  auto writer = core::RunDir::create(dir.path()).writer<core::RankTimeRow>();
  for (int size = 0; size < 14; ++size) {
    for (std::int64_t rank = 0; rank < 8 * state.range(0); ++rank) {
      core::RankTimeRow row{.case_name = fmt::format("allreduce/nccl/gpu/float/sum/{}B/out", 64 << size), .rank = rank};
      row.samples = 20;
      row.p50_ns = row.p99_ns = row.max_ns = 480'000 + rank % 1000;
      row.arrival_p50_ns = rank % 9000;
      row.exit_p50_ns = 490'000 + rank % 7000;
      row.last_to_arrive = row.last_to_leave = 0;
      writer.add(row);
    }
  }
  writer.flush();
  while (state.KeepRunning()) {
    benchmark::DoNotOptimize(read_evidence({dir.path()}).rank_times.size());
  }
  state.SetBytesProcessed(state.iterations() * bytes_of(dir.path(), {"rank_times.csv"}));
}
BENCHMARK(read_rank_times)->Arg(1000)->Arg(27'500)->Unit(benchmark::kMillisecond);

/// A file a host, as plumb-gpu writes them: eight GPUs, sixty tests.
void read_gpus(benchmark::State& state) {
  const test::TemporaryDir dir;
  std::vector<std::string> files;
  for (std::int64_t host = 0; host < state.range(0); ++host) {
    files.push_back(fmt::format("gpus.n{}.csv", host));
    std::string text = "gpu,test,value,unit,samples,status,reason\n";
    for (int row = 0; row < 480; ++row) {
      text +=
          fmt::format("gpu/n{}/{},test_{},{},Bps,5,ok,\n", host, row / 60, row % 60, 2'700'000'000'000 + host * row);
    }
    dir.write(files.back(), text);
  }
  while (state.KeepRunning()) {
    benchmark::DoNotOptimize(read_evidence({dir.path()}).gpu_rows.size());
  }
  state.SetBytesProcessed(state.iterations() * bytes_of(dir.path(), files));
}
BENCHMARK(read_gpus)->Arg(1000)->Arg(27'500)->Unit(benchmark::kMillisecond);

void intern_names(benchmark::State& state) {
  std::vector<std::string> names;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    names.push_back(fmt::format("nic/n{:05}/nic0", i));
  }
  std::uint64_t sum = 0;
  while (state.KeepRunning()) {
    std::vector<std::string> words;
    WordIndex index(words);
    for (int again = 0; again < 8; ++again) {
      for (const auto& name : names) {
        sum += index.of(name);
      }
    }
  }
  benchmark::DoNotOptimize(sum);
  state.SetItemsProcessed(state.iterations() * 8 * state.range(0));
}
BENCHMARK(intern_names)->Arg(1000)->Arg(220'000)->Unit(benchmark::kMillisecond);

void find_ways(benchmark::State& state) {
  const auto graph = fabric_of(state.range(0));
  const auto pairs = matching_of(graph);
  std::size_t bundles = 0;
  while (state.KeepRunning()) {
    topology::Ways ways(graph);
    for (const auto& [from, to] : pairs) {
      bundles += ways.shortest(from, to).bundles.size();
    }
  }
  benchmark::DoNotOptimize(bundles);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(pairs.size()));
}
BENCHMARK(find_ways)->Arg(1000)->Arg(27'500)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace plumb::reports
