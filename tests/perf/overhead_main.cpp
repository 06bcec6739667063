// What measuring costs: the sampler of plumb-allreduce against a bare loop of the same MPI call on the same buffers, by
// turns in one process, so that nothing else differs. All ranks on one host, whose clock they share.
//
//   mpirun -np 2 build/tests/overhead [TURNS]
#include <fmt/format.h>
#include <mpi.h>

#include <algorithm>
#include <cstdlib>
#include <functional>

#include "bench/clock.h"
#include "bench/mpi_backend.h"
#include "bench/sampler.h"
#include "bench/watchdog.h"
#include "core/guarded_main.h"
#include "core/statistics.h"
#include "core/terminal.h"

namespace plumb::bench {
namespace {

/// Medians, in ns, of last exit minus last arrival.
double bare_loop(Operation& operation, std::int64_t iterations) {
  const auto send = operation.send_buffer(), receive = operation.receive_buffer();
  const auto count = static_cast<int>(receive.size() / sizeof(float));
  std::vector<double> arrivals, exits;
  arrivals.reserve(static_cast<std::size_t>(iterations));
  exits.reserve(static_cast<std::size_t>(iterations));
  for (std::int64_t i = 0; i < iterations; ++i) {
    MPI_Barrier(MPI_COMM_WORLD);
    arrivals.push_back(MPI_Wtime());
    MPI_Allreduce(send.data(), receive.data(), count, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
    exits.push_back(MPI_Wtime());
  }
  const auto n = static_cast<int>(iterations);
  MPI_Allreduce(MPI_IN_PLACE, arrivals.data(), n, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  MPI_Allreduce(MPI_IN_PLACE, exits.data(), n, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  std::transform(exits.begin(), exits.end(), arrivals.begin(), exits.begin(), std::minus<>());
  return core::median(exits) * 1e9;
}

double sampled(Operation& operation, std::int64_t iterations, const Ranks& ranks, const CommonClock& clock) {
  Pulse pulse;
  Sampling sampling;
  sampling.stop.samples = iterations;
  const auto measurement = sample(
      [&] {
        pulse.step();
        operation.run();
      },
      ranks, clock, sampling);
  std::vector<double> costs;
  for (const auto& one : measurement.samples) {
    costs.push_back(one.cost_ns);
  }
  return core::median(costs);
}

struct Comparison {
  std::vector<double> bare, ours, ratio;
};

Comparison compare(std::int64_t bytes, int turns, const Ranks& ranks, const CommonClock& clock) {
  const auto backend = make_mpi_backend(MPI_COMM_WORLD);
  const Case one{.collective = &collective_of(CollectiveKind::allreduce),
                 .backend = "mpi",
                 .count = bytes / static_cast<std::int64_t>(sizeof(float)),
                 .ranks = ranks.size()};
  const auto operation = backend->prepare(one);
  const std::int64_t iterations = std::clamp<std::int64_t>((std::int64_t{64} << 20) / bytes, 5, 500);
  bare_loop(*operation, iterations);  // warm-up
  Comparison c;
  for (int turn = 0; turn < turns; ++turn) {  // each first as often as the other
    const bool bare_first = turn % 2 == 0;
    double bare = bare_first ? bare_loop(*operation, iterations) : 0;
    c.ours.push_back(sampled(*operation, iterations, ranks, clock));
    bare = bare_first ? bare : bare_loop(*operation, iterations);
    c.bare.push_back(bare);
    c.ratio.push_back(c.ours.back() / bare);
  }
  return c;
}

core::ExitCode run(int turns) {
  const Ranks ranks(MPI_COMM_WORLD);
  const MpiClock local;
  const CommonClock clock(ranks, local);
  core::Table table({{"bytes", true},
                     {"bare loop ns", true},
                     {"sampler ns", true},
                     {"median ratio", true},
                     {"quartiles of the ratio", true}});
  for (std::int64_t bytes = 8; bytes <= std::int64_t{64} << 20; bytes *= bytes < 16 << 20 ? 8 : 4) {
    auto c = compare(bytes, turns, ranks, clock);
    std::sort(c.ratio.begin(), c.ratio.end());
    table.add(
        {std::to_string(bytes), fmt::format("{:.0f}", core::median(c.bare)),
         fmt::format("{:.0f}", core::median(c.ours)), fmt::format("{:.3f}", core::median(c.ratio)),
         fmt::format("{:.3f} {:.3f}", core::sorted_percentile(c.ratio, 0.25), core::sorted_percentile(c.ratio, 0.75))});
  }
  if (ranks.rank() == 0) {
    fmt::print("{}", table.text());
  }
  return core::ExitCode::pass;
}

}  // namespace
}  // namespace plumb::bench

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  const int turns = argc > 1 ? std::max(std::atoi(argv[1]), 1) : 30;
  const int code = plumb::core::guarded_main("overhead", [&] { return plumb::bench::run(turns); });
  MPI_Finalize();
  return code;
}
