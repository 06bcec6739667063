#include "core/round_robin.h"

#include <gtest/gtest.h>

#include <numeric>
#include <set>

namespace plumb::core {
namespace {

TEST(RoundRobin, EveryTwoMeetOnceAndNobodyIsInTwoPairsOfARound) {
  for (int players = 0; players <= 17; ++players) {
    std::set<std::pair<int, int>> met;
    std::vector<int> members(static_cast<std::size_t>(players));
    std::iota(members.begin(), members.end(), 0);
    const auto rounds = round_robin(members);
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

}  // namespace
}  // namespace plumb::core
