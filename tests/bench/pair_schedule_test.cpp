#include "bench/pair_schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "bench/endpoint.h"
#include "core/error.h"
#include "tests/core/temporary_dir.h"

namespace plumb::bench {
namespace {

using test::message_of;
using test::TemporaryDir;

/// `hosts` hosts with `rails` ranks each, ranks placed by host.
std::vector<core::RankRow> job(int hosts, int rails = 1) {
  std::vector<core::RankRow> rows;
  for (int host = 0; host < hosts; ++host) {
    for (int rail = 0; rail < rails; ++rail) {
      core::RankRow row;
      row.rank = host * rails + rail;
      row.host = "n" + std::to_string(host);
      row.local_rank = rail;
      rows.push_back(row);
    }
  }
  return rows;
}

void expect_disjoint(const PairSchedule& schedule) {
  for (const auto& round : schedule.rounds) {
    std::set<int> busy;
    for (const auto& pair : round) {
      EXPECT_LT(pair.a, pair.b);
      EXPECT_TRUE(busy.insert(pair.a).second && busy.insert(pair.b).second) << "a rank is in two pairs";
    }
  }
}

std::map<RankPair, int> meetings(const PairSchedule& schedule) {
  std::map<RankPair, int> count;
  for (const auto& round : schedule.rounds) {
    for (const auto& pair : round) {
      ++count[pair];
    }
  }
  return count;
}

class RoundRobin : public testing::TestWithParam<int> {};

TEST_P(RoundRobin, EverybodyMeetsEverybodyOnce) {
  const int n = GetParam();
  const auto schedule = make_pair_schedule("round-robin", job(n), 1);
  expect_disjoint(schedule);
  EXPECT_EQ(std::ssize(schedule.rounds), n % 2 == 0 ? n - 1 : n);
  const auto met = meetings(schedule);
  EXPECT_EQ(std::ssize(met), n * (n - 1) / 2);
  EXPECT_EQ(schedule.pairs(), n * (n - 1) / 2);
}

INSTANTIATE_TEST_SUITE_P(Sizes, RoundRobin, testing::Values(2, 3, 4, 5, 8, 9, 64));

TEST(PairSchedule, MatchingsArePerfectSeededAndRepeatNoPairWhenTheyNeedNot) {
  const auto schedule = make_pair_schedule("matchings:5", job(40), 7);
  expect_disjoint(schedule);
  ASSERT_EQ(schedule.rounds.size(), 5U);
  EXPECT_EQ(schedule.pairs(), 5 * 20);
  EXPECT_EQ(meetings(schedule).size(), 100U);
  EXPECT_EQ(schedule.rounds, make_pair_schedule("matchings:5", job(40), 7).rounds);
  EXPECT_NE(schedule.rounds, make_pair_schedule("matchings:5", job(40), 8).rounds);
}

TEST(PairSchedule, AnOddOneOutIsAnotherOneEachTime) {
  const auto schedule = make_pair_schedule("matchings:3", job(5), 3);
  std::map<int, int> measured;
  for (const auto& [pair, times] : meetings(schedule)) {
    measured[pair.a] += times;
    measured[pair.b] += times;
  }
  ASSERT_EQ(measured.size(), 5U);
  for (const auto& [rank, times] : measured) {
    EXPECT_GE(times, 2);
  }
}

TEST(PairSchedule, RingJoinsEachWithTheNext) {
  for (const int n : {2, 3, 4, 7}) {
    const auto schedule = make_pair_schedule("ring", job(n), 1);
    expect_disjoint(schedule);
    EXPECT_EQ(std::ssize(meetings(schedule)), n == 2 ? 1 : n);
  }
}

TEST(PairSchedule, RailsTakeTurnsAndNeverMix) {
  const auto rows = job(6, 4);
  const auto schedule = make_pair_schedule("round-robin", rows, 1);
  expect_disjoint(schedule);
  EXPECT_EQ(schedule.rounds.size(), 4U * 5U);
  for (const auto& [pair, times] : meetings(schedule)) {
    EXPECT_EQ(pair.a % 4, pair.b % 4);
  }
}

TEST(PairSchedule, AllRailsLoadsEveryRailOfBothHostsAtOnce) {
  const auto schedule = make_pair_schedule("all-rails:2", job(6, 4), 1);
  expect_disjoint(schedule);
  ASSERT_EQ(schedule.rounds.size(), 2U);
  for (const auto& round : schedule.rounds) {
    ASSERT_EQ(round.size(), 12U);
    std::map<int, std::set<int>> partners;
    for (const auto& pair : round) {
      partners[pair.a / 4].insert(pair.b / 4);
    }
    for (const auto& [host, met] : partners) {
      EXPECT_EQ(met.size(), 1U);
    }
  }
}

TEST(PairSchedule, BisectionCrossesTheMiddle) {
  const auto schedule = make_pair_schedule("bisection", job(8), 1);
  EXPECT_THAT(schedule.rounds, testing::ElementsAre(PairRound{{0, 4}, {1, 5}, {2, 6}, {3, 7}}));
}

TEST(PairSchedule, LoopbackIsEachWithItselfTheNicsOfAHostByTurns) {
  const auto schedule = make_pair_schedule("loopback", job(3, 2), 1);
  EXPECT_EQ(schedule.name, "loopback");
  EXPECT_THAT(schedule.rounds,
              testing::ElementsAre(PairRound{{0, 0}, {2, 2}, {4, 4}}, PairRound{{1, 1}, {3, 3}, {5, 5}}));
  EXPECT_EQ(make_pair_schedule("loopback", job(1), 1).pairs(), 1) << "one host suffices";
}

TEST(PairSchedule, WrongSchedulesAreRefused) {
  for (const char* text : {"rings", "loopback:2", "matchings:0", "matchings:x", "round-robin:3", ""}) {
    EXPECT_THROW(make_pair_schedule(text, job(4), 1), core::UsageError) << text;
  }
  EXPECT_THROW(make_pair_schedule("ring", job(1), 1), core::UsageError);
}

PairSchedule read(const std::string& text) {
  const TemporaryDir dir;
  return read_pair_schedule(dir.write("retest.csv", text), endpoint_ids(job(4)));
}

TEST(PairSchedule, AFileNamesEndpointsAndBothDirectionsAreOnePair) {
  const auto schedule =
      read("round,src,dst\n3,host/n2,host/n0\n3,host/n0,host/n2\n3,host/n1,host/n3\n7,host/n0,host/n1\n");
  EXPECT_THAT(schedule.rounds, testing::ElementsAre(PairRound{{0, 2}, {1, 3}}, PairRound{{0, 1}}));
  EXPECT_EQ(decode(encode(schedule.rounds)), schedule.rounds);
}

TEST(PairSchedule, ABadFileNamesItsLine) {
  EXPECT_THAT(message_of<core::Error>([] { read("round,src,dst\n0,host/n0,host/n1\n0,host/n9,host/n2\n"); }),
              testing::ContainsRegex("retest.csv:3: 'host/n9' is not an endpoint"));
  EXPECT_THAT(message_of<core::Error>([] { read("round,src,dst\n0,host/n0,host/n1\n0,host/n1,host/n2\n"); }),
              testing::ContainsRegex("retest.csv:3: .*two pairs"));
  EXPECT_THAT(message_of<core::Error>([] { read("round,src,dst\n0,host/n0,host/n0\n"); }),
              testing::ContainsRegex("retest.csv:2: .*itself"));
}

TEST(Endpoint, IdsNameTheSmallestThingThatIsKnown) {
  EXPECT_THAT(endpoint_ids(job(2)), testing::ElementsAre("host/n0", "host/n1"));
  EXPECT_THAT(endpoint_ids(job(1, 2)), testing::ElementsAre("rank/n0/0", "rank/n0/1"));
  auto rows = job(2, 2);
  assign_nics(rows, parse_nics("mlx5_0,mlx5_3"));
  EXPECT_THAT(endpoint_ids(rows),
              testing::ElementsAre("nic/n0/mlx5_0", "nic/n0/mlx5_3", "nic/n1/mlx5_0", "nic/n1/mlx5_3"));
  EXPECT_EQ(shared_device(rows), "");
}

TEST(Endpoint, RanksOnOneDeviceAreRefused) {
  EXPECT_EQ(shared_device(job(3)), "");
  EXPECT_THAT(shared_device(job(1, 2)), testing::HasSubstr("host n0"));
  auto rows = job(1, 2);
  EXPECT_THROW(assign_nics(rows, parse_nics("mlx5_0")), core::UsageError);
  EXPECT_THROW(parse_nics("a,,b"), core::UsageError);
  EXPECT_THROW(parse_nics("a,a"), core::UsageError);
}

}  // namespace
}  // namespace plumb::bench
