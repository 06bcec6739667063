// calls_together: of an operation that is 20 calls, samples tell the time of one; by the clock of the host, which is
// set by hand here, and by that of a GPU as its events would tell it. One rank. Exit code 1 when they do not.
#include <fmt/format.h>

#include <algorithm>

#include "bench/mpi_session.h"
#include "bench/sampler.h"

namespace {

/// Each look at it takes a nanosecond.
class HandSetClock final : public plumb::bench::Clock {
 public:
  [[nodiscard]] double now_ns() const override { return ++now_ns_; }
  void pass(double ns) { now_ns_ += ns; }

 private:
  mutable double now_ns_ = 0;
};

bool is_about(double value, double wanted) { return value >= wanted && value < wanted * 1.01; }

}  // namespace

int main(int argc, char** argv) {
  using namespace plumb::bench;
  const MpiSession session(argc, argv);
  const Ranks ranks(MPI_COMM_WORLD);
  HandSetClock clock;
  const CommonClock common(ranks, clock);
  Sampling sampling{.calls = 20};
  sampling.stop.samples = 10;
  const auto measured = sample([&] { clock.pass(4000); }, ranks, common, sampling, [] { return 3000.0; });
  const bool good = measured.samples.size() == 10 &&
                    std::ranges::all_of(measured.samples,
                                        [](const Sample& one) {
                                          return is_about(one.cost_ns, 200) && is_about(one.skew_ns, 200) &&
                                                 is_about(one.longest_ns, 200) && is_about(one.shortest_ns, 200) &&
                                                 one.event_ns == 150;
                                        }) &&
                    is_about(measured.own[3].inside_ns, 200);
  if (!good) {
    fmt::print("inside {} ns, event {} ns\n", measured.samples.at(0).longest_ns, measured.samples.at(0).event_ns);
  }
  return good ? 0 : 1;
}
