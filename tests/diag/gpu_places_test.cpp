// Which GPUs and which memory plumb-gpu measures together.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/error.h"
#include "diag/numa_nodes.h"
#include "diag/peer_copies.h"

namespace plumb::diag {
namespace {

TEST(Tournament, EveryTwoMeetOnceAndNobodyIsInTwoPairsOfARound) {
  for (int players = 0; players <= 17; ++players) {
    std::set<std::pair<int, int>> met;
    const auto rounds = tournament(players);
    for (const auto& round : rounds) {
      std::set<int> busy;
      for (const auto& pair : round) {
        EXPECT_TRUE(met.insert(pair).second) << players;
        EXPECT_TRUE(busy.insert(pair.first).second && busy.insert(pair.second).second) << players;
        EXPECT_LT(pair.first, pair.second);
        EXPECT_LT(pair.second, players);
      }
    }
    EXPECT_EQ(met.size(), static_cast<std::size_t>(players * std::max(players - 1, 0) / 2));
    EXPECT_LE(rounds.size(), static_cast<std::size_t>(players)) << "as many rounds as it takes";
  }
}

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
