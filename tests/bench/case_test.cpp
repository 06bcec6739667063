#include "bench/case.h"

#include <gtest/gtest.h>

#include "bench/mpi_session.h"
#include "core/error.h"

namespace plumb::bench {
namespace {

const Collective& kAllReduce = collective_of(CollectiveKind::allreduce);
const Collective& kAllToAll = collective_of(CollectiveKind::alltoall);

TEST(Case, BusBandwidthIsNcclTests) {
  Case one{.collective = &kAllReduce, .backend = "mpi", .count = 1000, .ranks = 4};
  EXPECT_DOUBLE_EQ(one.algbw(1e-6), 4e9);
  EXPECT_DOUBLE_EQ(one.busbw(1e-6), 6e9);  // 2(n-1)/n
  one.collective = &kAllToAll;             // count is one peer's block
  EXPECT_DOUBLE_EQ(one.algbw(1e-6), 16e9);
  EXPECT_DOUBLE_EQ(one.busbw(1e-6), 12e9);  // (n-1)/n
}

TEST(Case, OneRankMovesNothing) {
  const Case one{.collective = &kAllReduce, .backend = "mpi", .count = 1000, .ranks = 1};
  EXPECT_EQ(one.busbw(1e-6), 0);
}

TEST(Case, NameIsCanonical) {
  const Case one{.collective = &kAllReduce, .backend = "mpi", .count = 1000, .ranks = 4};
  EXPECT_EQ(one.name(), "allreduce/mpi/host/float/sum/4000B/4ranks/out");
}

TEST(Sweep, FactorStepAndPlaces) {
  const Sweep sweep{.min_bytes = 8, .max_bytes = 64, .factor = 2};
  const auto cases = expand(sweep, kAllReduce, "mpi", 4);
  ASSERT_EQ(cases.size(), 8U);
  EXPECT_EQ(cases.back().bytes(), 64);
  EXPECT_TRUE(cases.back().in_place);
}

TEST(Sweep, PerPeerCountsAreRoundedDownTo16Bytes) {
  const Sweep sweep{.min_bytes = 100, .max_bytes = 100, .in_place = false};
  const auto cases = expand(sweep, kAllToAll, "mpi", 3);  // 33 bytes a peer, 8 floats, rounded to 8
  ASSERT_EQ(cases.size(), 1U);
  EXPECT_EQ(cases[0].count, 8);
  EXPECT_EQ(cases[0].bytes(), 96);
}

TEST(Sweep, ImpossibleSizesAreRefused) {
  EXPECT_THROW(expand({.min_bytes = 64, .max_bytes = 8}, kAllReduce, "mpi", 2), core::UsageError);
  EXPECT_THROW(expand({.min_bytes = 8, .max_bytes = 8}, kAllToAll, "mpi", 64), core::UsageError);
}

TEST(Launch, SeveralProcessesThatSeeThemselvesAloneAreRefused) {
  const auto with = [](const char* set, const char* value) {
    return [=](const char* name) { return std::string_view(name) == set ? value : nullptr; };
  };
  EXPECT_NE(refused_launch(1, with("PMI_SIZE", "4")), "");
  EXPECT_NE(refused_launch(1, with("SLURM_STEP_NUM_TASKS", "2")), "");
  EXPECT_EQ(refused_launch(1, with("PMI_SIZE", "1")), "");
  EXPECT_EQ(refused_launch(4, with("PMI_SIZE", "4")), "");
}

}  // namespace
}  // namespace plumb::bench
