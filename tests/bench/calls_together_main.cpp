// calls_together: of an operation that is 20 calls, samples tell the time of one; by the clock of the host, and by that
// of a GPU as its events would tell it. Exit code 1 when they do not.
#include <fmt/format.h>

#include <algorithm>

#include "bench/mpi_session.h"
#include "bench/sampler.h"

int main(int argc, char** argv) {
  using namespace plumb::bench;
  const MpiSession session(argc, argv);
  const Ranks ranks(MPI_COMM_WORLD);
  const MpiClock clock;
  const CommonClock common(ranks, clock);
  constexpr double kLast_ns = 4e6;
  Sampling sampling{.calls = 20};
  sampling.stop.samples = 10;
  const auto busy = [&] {
    const double start = common.local_now_ns();
    while (common.local_now_ns() - start < kLast_ns) {
    }
  };
  const double event_ns = 1000.0 * (ranks.rank() + 1);
  const auto measured = sample(busy, ranks, common, sampling, [&] { return event_ns; });
  const auto inside = std::ranges::min(measured.samples, {}, &Sample::longest_ns).longest_ns;
  const bool good = measured.samples.size() == 10 && inside >= kLast_ns / 20 && inside < kLast_ns &&
                    measured.samples[3].cost_ns < kLast_ns && measured.own[3].inside_ns < kLast_ns &&
                    measured.samples[3].event_ns == 2000.0 / 20;  // of the slower rank
  if (!good) {
    fmt::print("inside {} ns, event {} ns\n", inside, measured.samples[3].event_ns);
  }
  return good ? 0 : 1;
}
