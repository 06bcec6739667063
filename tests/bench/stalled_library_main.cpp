// stalled_library: two ranks whose library stalls, and whose witness has something to say. What the watchdog makes of
// it is on stdout and stderr; the exit code is 4.
#include <fmt/format.h>

#include <cstdio>
#include <thread>

#include "bench/mpi_session.h"
#include "bench/watchdog.h"

namespace {

class TalkingWitness final : public plumb::bench::Witness {
 public:
  explicit TalkingWitness(int rank) : rank_(rank) {}
  std::string error() override { return rank_ == 1 ? "its NIC is \x1b[31mgone" : ""; }
  plumb::bench::Testimony testimony(const std::vector<std::string>& hosts) override {
    return {fmt::format("asked about {} ranks", hosts.size()), "word for word"};
  }
  void abort() override {
    fmt::print("aborted on rank {}\n", rank_);
    std::fflush(stdout);
  }

 private:
  int rank_;
};

}  // namespace

int main(int argc, char** argv) {
  using namespace plumb::bench;
  const MpiSession session(argc, argv);
  const Ranks ranks(MPI_COMM_WORLD);
  TalkingWitness witness(ranks.rank());
  Pulse pulse;
  pulse.step();
  const Watchdog watchdog(ranks, pulse, 1'000'000'000, &witness,
                          [](const std::string& reason, const std::string& evidence) {
                            fmt::print("reason: {}\nevidence: {}\n", reason, evidence);
                            std::fflush(stdout);
                          });
  std::this_thread::sleep_for(std::chrono::seconds(60));
  return 0;
}
