#include "bench/collective.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/case.h"
#include "core/error.h"

namespace plumb::bench {
namespace {

/// What nccl-tests prints for `-b 1000 -e 1000 -d float` with 3 and with 4 ranks, worked out by hand: 250 floats in
/// all; per-peer blocks are 250 / n rounded down to 4 floats (16 bytes).
struct Printed {
  CollectiveKind kind;
  std::int64_t count3, bytes3, count4, bytes4;
  double factor3, factor4;
  const char* redop;
  int root;
};

constexpr Printed kPrinted[] = {
    {CollectiveKind::allreduce, 250, 1000, 250, 1000, 4.0 / 3, 1.5, "sum", -1},
    {CollectiveKind::alltoall, 80, 960, 60, 960, 2.0 / 3, 0.75, "none", -1},
    {CollectiveKind::allgather, 80, 960, 60, 960, 2.0 / 3, 0.75, "none", -1},
    {CollectiveKind::reducescatter, 80, 960, 60, 960, 2.0 / 3, 0.75, "sum", -1},
    {CollectiveKind::broadcast, 250, 1000, 250, 1000, 1, 1, "none", 2},
    {CollectiveKind::reduce, 250, 1000, 250, 1000, 1, 1, "sum", 2},
    {CollectiveKind::sendrecv, 250, 1000, 250, 1000, 1, 1, "sum", -1},
};

class NcclTests : public testing::TestWithParam<Printed> {};

TEST_P(NcclTests, SizeCountFactorAndColumns) {
  const auto& want = GetParam();
  const Sweep sweep{.min_bytes = 1000, .max_bytes = 1000, .root = 2, .in_place = false};
  for (const int ranks : {3, 4}) {
    const auto cases = expand(sweep, collective_of(want.kind), "mpi", ranks);
    ASSERT_EQ(cases.size(), 1U);
    const Case& one = cases[0];
    EXPECT_EQ(one.count, ranks == 3 ? want.count3 : want.count4);
    EXPECT_EQ(one.bytes(), ranks == 3 ? want.bytes3 : want.bytes4);
    EXPECT_DOUBLE_EQ(one.algbw(1e-6), static_cast<double>(one.bytes()) * 1e6);
    EXPECT_DOUBLE_EQ(one.busbw(1e-6) / one.algbw(1e-6), ranks == 3 ? want.factor3 : want.factor4);
    EXPECT_EQ(one.redop_name(), want.redop);
    EXPECT_EQ(one.printed_root(), want.root);
  }
}

INSTANTIATE_TEST_SUITE_P(Collectives, NcclTests, testing::ValuesIn(kPrinted),
                         [](const auto& row) { return std::string(collective_of(row.param.kind).name); });

TEST(Collective, WhatARankSendsAndReceives) {
  const auto elements = [](CollectiveKind kind) {
    const Case one{.collective = &collective_of(kind), .count = 5, .ranks = 4};
    return std::pair(one.send_elements(), one.receive_elements());
  };
  EXPECT_EQ(elements(CollectiveKind::allgather), std::pair(5L, 20L));
  EXPECT_EQ(elements(CollectiveKind::reducescatter), std::pair(20L, 5L));
  EXPECT_EQ(elements(CollectiveKind::broadcast), std::pair(5L, 5L));
  EXPECT_EQ(elements(CollectiveKind::reduce), std::pair(5L, 5L));
  EXPECT_EQ(elements(CollectiveKind::sendrecv), std::pair(5L, 5L));
}

TEST(Rooted, TheRootIsPartOfTheName) {
  const Case one{
      .collective = &collective_of(CollectiveKind::broadcast), .backend = "mpi", .count = 16, .ranks = 4, .root = 3};
  EXPECT_EQ(one.name(), "broadcast/mpi/host/float/none/64B/4ranks/root3/out");
}

std::vector<int> roots_of_reduce(int root) {
  std::vector<int> roots;
  for (const auto& one : expand({.min_bytes = 64, .max_bytes = 64, .root = root, .in_place = false},
                                collective_of(CollectiveKind::reduce), "mpi", 3)) {
    roots.push_back(one.root);
  }
  return roots;
}

TEST(Rooted, OneRootOrEachInTurn) {
  EXPECT_THAT(roots_of_reduce(0), testing::ElementsAre(0));
  EXPECT_THAT(roots_of_reduce(2), testing::ElementsAre(2));
  EXPECT_THAT(roots_of_reduce(-1), testing::ElementsAre(0, 1, 2));
  EXPECT_THROW(roots_of_reduce(3), core::UsageError);
  EXPECT_THROW(roots_of_reduce(-2), core::UsageError);
}

TEST(SendReceive, RunsOutOfPlaceOnly) {
  const auto& sendrecv = collective_of(CollectiveKind::sendrecv);
  const auto cases = expand({.min_bytes = 64, .max_bytes = 64}, sendrecv, "mpi", 3);
  ASSERT_EQ(cases.size(), 1U);
  EXPECT_FALSE(cases[0].in_place);
  EXPECT_THROW(expand({.min_bytes = 64, .max_bytes = 64, .out_of_place = false}, sendrecv, "mpi", 3), core::UsageError);
}

}  // namespace
}  // namespace plumb::bench
