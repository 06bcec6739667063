#include "bench/transport_backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "bench/case.h"
#include "bench/collective_algorithms.h"
#include "bench/pattern.h"
#include "memory_transport.h"

namespace plumb::bench {
namespace {

constexpr std::uint64_t kSeed = 7;

/// What differs from what the collective has to give, on one rank, in the first and in a second run.
std::string wrong_on(Operation& operation, const Case& one, int rank) {
  for (int run = 0; run < 2; ++run) {
    std::ranges::fill(operation.receive_buffer(), std::byte{0xa5});
    Pattern::of_rank(one.type, one.op, kSeed, rank, one.ranks).fill(operation.send_buffer(), 0);
    operation.run();
    const auto size = size_of(one.type);
    for (const auto& piece : one.collective->expected(one.count, rank, one.ranks, one.root)) {
      const auto pattern = piece.source == kReduced
                               ? Pattern::reduced(one.type, one.op, kSeed, one.ranks)
                               : Pattern::of_rank(one.type, one.op, kSeed, piece.source, one.ranks);
      const auto part = operation.receive_buffer().subspan(static_cast<std::size_t>(piece.offset) * size,
                                                           static_cast<std::size_t>(piece.count) * size);
      if (const auto mismatch = pattern.compare(part, piece.first); mismatch.wrong > 0) {
        return "rank " + std::to_string(rank) + ", run " + std::to_string(run) + ": " + std::to_string(mismatch.wrong) +
               " elements, the first " + std::to_string(piece.offset + mismatch.first_offset) + ": " + mismatch.found +
               " for " + mismatch.expected;
      }
    }
  }
  return "";
}

/// What one rank has to say of a case on a fabric.
std::string run_rank(MemoryFabric& fabric, const Case& one, int rank) {
  auto transport = std::make_unique<MemoryTransport>(fabric, rank);
  const auto& counted = *transport;
  const auto backend = make_transport_backend(std::move(transport), rank, one.ranks);
  try {
    const auto operation = backend->prepare(one);
    const auto wrong = wrong_on(*operation, one, rank);
    return wrong.empty() && counted.not_completed() > 0 ? "tickets are left" : wrong;
  } catch (const std::exception& error) {
    return error.what();
  }
}

void expect_right(const Case& one, bool eager) {
  MemoryFabric fabric(eager);
  std::vector<std::string> wrong(static_cast<std::size_t>(one.ranks));
  std::vector<std::jthread> threads;
  for (int rank = 0; rank < one.ranks; ++rank) {
    threads.emplace_back([&, rank] { wrong[static_cast<std::size_t>(rank)] = run_rank(fabric, one, rank); });
  }
  threads.clear();
  for (const auto& text : wrong) {
    EXPECT_EQ(text, "") << one.name() << (eager ? ", eager" : ", rendezvous");
  }
  EXPECT_EQ(fabric.left_over(), 0U) << one.name();
}

Sweep sweep_of(std::int64_t min_bytes, std::int64_t max_bytes, double factor) {
  Sweep sweep;
  sweep.min_bytes = min_bytes;
  sweep.max_bytes = max_bytes;
  sweep.factor = factor;
  return sweep;
}

class OverTransport : public testing::TestWithParam<CollectiveKind> {
 protected:
  void run(const Sweep& sweep, int ranks) {
    for (const auto& one : expand(sweep, collective_of(GetParam()), "memory", ranks)) {
      expect_right(one, true);
      expect_right(one, false);
    }
  }
};

TEST_P(OverTransport, AllTypesAndOps) {
  auto sweep = sweep_of(208, 208, 2);
  sweep.types.assign(std::begin(kElementTypes), std::end(kElementTypes));
  sweep.ops.assign(std::begin(kReduceOps), std::end(kReduceOps));
  sweep.root = -1;
  run(sweep, 4);
}

TEST_P(OverTransport, OneToNineRanksFromEveryRoot) {
  for (int ranks = 1; ranks <= 9; ++ranks) {
    auto sweep = sweep_of(16, 128 << 10, 20.5);  // sizes that no number of ranks divides
    sweep.root = -1;
    run(sweep, ranks);
  }
}

TEST_P(OverTransport, ManyPieces) {
  for (const int ranks : {2, 3, 5}) {
    auto sweep = sweep_of(3'000'012, 3'000'012, 2);
    sweep.types = {ElementType::int8, ElementType::float64};
    run(sweep, ranks);
  }
}

std::string name_of_kind(const testing::TestParamInfo<CollectiveKind>& info) {
  return std::string(collective_of(info.param).name);
}

INSTANTIATE_TEST_SUITE_P(Collectives, OverTransport,
                         testing::Values(CollectiveKind::allreduce, CollectiveKind::alltoall, CollectiveKind::allgather,
                                         CollectiveKind::reducescatter, CollectiveKind::broadcast,
                                         CollectiveKind::reduce, CollectiveKind::sendrecv),
                         name_of_kind);

TEST(TransportPairs, WordsAndWindowsComeInOrder) {
  MemoryFabric fabric(false);
  std::int64_t word = 0;
  bool same = false, echoed = false;
  std::jthread peer([&] {
    const auto pairs = make_transport_pairs(std::make_unique<MemoryTransport>(fabric, 1));
    const auto channel = pairs->open(0, 100, 4);
    word = channel->wait();
    channel->start_receives();
    channel->signal(word + 1);
    channel->complete_receives();
    const auto sent = Pattern::of_rank(ElementType::uint8, ReduceOp::max, kSeed, 0, 1);
    same = true;
    for (std::size_t i = 0; i < 4; ++i) {
      const auto first = static_cast<std::int64_t>(i * channel->stride());
      same = same && sent.compare(channel->receive_memory().subspan(i * 100, 100), first).wrong == 0;
    }
    channel->pong(1);
    channel->pong(0);
  });
  const auto pairs = make_transport_pairs(std::make_unique<MemoryTransport>(fabric, 0));
  const auto channel = pairs->open(1, 100, 4);
  Pattern::of_rank(ElementType::uint8, ReduceOp::max, kSeed, 0, 1).fill(channel->send_memory(), 0);
  channel->signal(41);
  echoed = channel->wait() == 42;
  channel->start_sends();
  channel->complete_sends();
  channel->ping(1);
  channel->ping(0);
  peer.join();
  EXPECT_EQ(word, 41);
  EXPECT_TRUE(same);
  EXPECT_TRUE(echoed);
  EXPECT_EQ(fabric.left_over(), 0U);
}

/// Counts the receives that are started ahead of each send.
class CountingTransport final : public Transport {
 public:
  CountingTransport(MemoryFabric& fabric, int rank, std::vector<int>& receives_before_sends)
      : transport_(fabric, rank), receives_before_sends_(receives_before_sends) {}
  [[nodiscard]] std::string name() const override { return "counting"; }
  [[nodiscard]] std::string version() const override { return ""; }
  [[nodiscard]] std::string why_no_loopback() const override { return ""; }
  std::unique_ptr<Region> allocate(std::size_t bytes) override { return transport_.allocate(bytes); }
  void connect(int peer) override { transport_.connect(peer); }
  Ticket start_receive(int peer, const Slice& into) override {
    ++receives_;
    return transport_.start_receive(peer, into);
  }
  Ticket start_send(int peer, const Slice& from) override {
    receives_before_sends_.push_back(receives_);
    return transport_.start_send(peer, from);
  }
  void complete(std::span<const Ticket> tickets) override { transport_.complete(tickets); }

 private:
  MemoryTransport transport_;
  std::vector<int>& receives_before_sends_;
  int receives_ = 0;
};

TEST(TransportPairs, APingPongFindsItsReceiveStarted) {
  MemoryFabric fabric(false);
  std::vector<int> asking, answering;
  std::jthread peer([&] {
    const auto pairs = make_transport_pairs(std::make_unique<CountingTransport>(fabric, 1, answering));
    const auto channel = pairs->open(0, 4096, 1);
    for (int left = 3; left-- > 0;) {
      channel->pong(left);
    }
  });
  const auto pairs = make_transport_pairs(std::make_unique<CountingTransport>(fabric, 0, asking));
  const auto channel = pairs->open(1, 4096, 1);
  for (int left = 3; left-- > 0;) {
    channel->ping(left);
  }
  peer.join();
  EXPECT_THAT(asking, testing::ElementsAre(1, 2, 3)) << "the answer's";
  EXPECT_THAT(answering, testing::ElementsAre(2, 3, 3)) << "the next message's, but of the last";
  EXPECT_EQ(fabric.left_over(), 0U);
}

}  // namespace
}  // namespace plumb::bench
