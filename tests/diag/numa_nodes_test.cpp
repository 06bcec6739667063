// Where the memory lies that plumb-gpu copies from and to.
#include "diag/numa_nodes.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace plumb::diag {
namespace {

TEST(NumaNodes, TheFarthestIsAnotherOneWithProcessors) {
  const NumaNodes two("numa:2 core:2 pu:1");
  EXPECT_EQ(two.farthest_from(0), 1);
  EXPECT_EQ(two.farthest_from(1), 0);
  EXPECT_EQ(two.farthest_from(-1), std::nullopt) << "the firmware does not tell";
  EXPECT_EQ(two.farthest_from(7), std::nullopt);
  const NumaNodes one("numa:1 core:2 pu:1");
  EXPECT_EQ(one.farthest_from(0), std::nullopt);
}

TEST(NumaNodes, ThisHostsOwnCanBeStayedOn) {
  const NumaNodes here;
  try {
    const StayOnNode stay(here, 0);
  } catch (const core::Error& error) {
    GTEST_SKIP() << error.what();  // a container that forbids it
  }
  EXPECT_THROW(StayOnNode(here, 4711), core::Error);
}

TEST(NumaNodes, WhatHwlocDoesNotKnowIsToldByName) { EXPECT_THROW(NumaNodes("no such thing"), core::Error); }

}  // namespace
}  // namespace plumb::diag
