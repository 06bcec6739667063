#include "bench/method.h"

#include <gtest/gtest.h>

#include "bench/transport_backend.h"
#include "tests/bench/memory_transport.h"

namespace plumb::bench {
namespace {

Case case_of(CollectiveKind kind, int ranks, std::int64_t count = 1024) {
  Case one;
  one.collective = &collective_of(kind);
  one.ranks = ranks;
  one.count = count;
  return one;
}

double factor(CollectiveKind kind, int ranks, const std::string& algorithm) {
  return link_factor(case_of(kind, ranks), {.algorithm = algorithm}).value_or(-1);
}

TEST(LinkFactor, RingsMoveWhatTheBusFactorSays) {
  EXPECT_DOUBLE_EQ(factor(CollectiveKind::allreduce, 8, "ring"), 2.0 * 7 / 8);
  EXPECT_DOUBLE_EQ(factor(CollectiveKind::alltoall, 8, "pairwise"), 7.0 / 8);
  EXPECT_DOUBLE_EQ(factor(CollectiveKind::broadcast, 8, "chain"), 1);
}

TEST(LinkFactor, OthersMoveWhatTheyMove) {
  EXPECT_DOUBLE_EQ(factor(CollectiveKind::allreduce, 8, "recursive_doubling"), 3);
  EXPECT_DOUBLE_EQ(factor(CollectiveKind::allreduce, 9, "recursive_doubling"), 4) << "one is folded in";
  EXPECT_DOUBLE_EQ(factor(CollectiveKind::broadcast, 8, "binomial_tree"), 3);
  EXPECT_DOUBLE_EQ(factor(CollectiveKind::reduce, 9, "binomial_tree"), 4);
  EXPECT_DOUBLE_EQ(factor(CollectiveKind::allreduce, 8, "nvls"), 9.0 / 8);
  EXPECT_DOUBLE_EQ(factor(CollectiveKind::allreduce, 64, "collnet_direct"), 1);
}

TEST(LinkFactor, IsNotGuessed) {
  EXPECT_EQ(link_factor(case_of(CollectiveKind::allreduce, 8), {}), std::nullopt);
  EXPECT_EQ(link_factor(case_of(CollectiveKind::allreduce, 16), {.algorithm = "nvls_tree"}), std::nullopt);
  EXPECT_EQ(factor(CollectiveKind::allreduce, 1, ""), 0) << "alone";
}

TEST(Method, OfOurOwnAlgorithms) {
  MemoryFabric fabric(true);
  const auto backend = make_transport_backend(std::make_unique<MemoryTransport>(fabric, 0), 0, 2);
  EXPECT_EQ(backend->prepare(case_of(CollectiveKind::allreduce, 2, 1))->method().algorithm, "recursive_doubling");
  EXPECT_EQ(backend->prepare(case_of(CollectiveKind::allreduce, 2, 1 << 20))->method().algorithm, "ring");
  EXPECT_EQ(backend->prepare(case_of(CollectiveKind::broadcast, 2, 1))->method().algorithm, "binomial_tree");
  EXPECT_EQ(backend->prepare(case_of(CollectiveKind::reduce, 2, 1 << 20))->method().algorithm, "chain");
}

}  // namespace
}  // namespace plumb::bench
