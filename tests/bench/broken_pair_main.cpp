// Under mpirun, 4 ranks: the connection of ranks 0 and 1 breaks in the middle of a phase; that of 2 and 3 does not.
// Ends with 0 when the first pair's rows say so and the second pair's are measured.
#include <fmt/format.h>

#include <algorithm>

#include "bench/mpi_channel.h"
#include "bench/mpi_session.h"
#include "bench/pair_round.h"

namespace plumb::bench {
namespace {

/// When it breaks, the receiver's end throws where data would come, and the sender's end when it hears of it.
class BrokenChannel final : public Channel {
 public:
  BrokenChannel(std::unique_ptr<Channel> channel, bool breaks) : channel_(std::move(channel)), breaks_(breaks) {}
  std::span<std::byte> send_memory() override { return channel_->send_memory(); }
  std::span<std::byte> receive_memory() override { return channel_->receive_memory(); }
  [[nodiscard]] std::size_t stride() const override { return channel_->stride(); }
  void start_receives() override {
    break_or([&] { channel_->start_receives(); });
  }
  void start_sends() override { channel_->start_sends(); }
  void complete_receives() override { channel_->complete_receives(); }
  void complete_sends() override { channel_->complete_sends(); }
  void signal(std::int64_t word) override { channel_->signal(word); }
  std::int64_t wait() override {
    if (const auto word = channel_->wait(); word != 2 || !breaks_) {  // 2: the receives are posted
      return word;
    }
    throw core::Error("the peer hung up");
  }
  void ping(int left) override { channel_->ping(left); }
  void pong(int left) override { channel_->pong(left); }

 private:
  template <class Step>
  void break_or(Step step) {
    if (breaks_) {
      channel_->signal(2);  // so that the other end learns it, too
      throw core::Error("retries exceeded");
    }
    step();
  }

  std::unique_ptr<Channel> channel_;
  bool breaks_;
};

class BrokenPairs final : public PointToPoint {
 public:
  BrokenPairs(const Ranks& ranks) : ranks_(ranks), pairs_(make_mpi_point_to_point(MPI_COMM_WORLD)) {}
  [[nodiscard]] std::string name() const override { return "broken"; }
  [[nodiscard]] std::string version() const override { return ""; }
  std::unique_ptr<Channel> open(int peer, std::int64_t bytes, int window) override {
    return std::make_unique<BrokenChannel>(pairs_->open(peer, bytes, window), ranks_.rank() + peer == 1 && bytes > 8);
  }

 private:
  const Ranks& ranks_;
  std::unique_ptr<PointToPoint> pairs_;
};

bool is_as_expected(const PairResult& result) {
  const bool should_fail = result.pair.a == 0 && result.phase->bytes > 8;
  fmt::print("{} to {}, {} bytes: {} samples {}\n", result.source(), result.target(), result.phase->bytes,
             result.figures.samples, result.failed);
  return should_fail ? result.failed.starts_with("rank 0 (host") : result.failed.empty() && result.figures.samples > 0;
}

core::ExitCode run() {
  const Ranks ranks(MPI_COMM_WORLD);
  PairOptions options;
  options.sizes = {64, 4096};
  const auto phases = pair_phases(options);
  BrokenPairs pairs(ranks);
  const MpiClock clock;
  Pulse pulse;
  const auto results = measure_round({{0, 1}, {2, 3}}, phases, pairs, ranks, clock, options.sampling, pulse);
  const bool right = std::ranges::all_of(results, is_as_expected);
  return ranks.all(right) ? core::ExitCode::pass : core::ExitCode::failure;
}

}  // namespace
}  // namespace plumb::bench

int main(int argc, char** argv) {
  const plumb::bench::MpiSession session(argc, argv);
  return static_cast<int>(session.guarded("broken_pair", plumb::bench::run));
}
