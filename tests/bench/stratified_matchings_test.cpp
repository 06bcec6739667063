// The rounds of a schedule that follows the map cross every tier.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <set>

#include "bench/fabric_map.h"
#include "bench/pair_options.h"
#include "bench/pair_plan.h"
#include "bench/pair_schedule.h"
#include "core/error.h"
#include "tests/core/temporary_dir.h"
#include "topology/matchings.h"

namespace plumb::bench {
namespace {

using test::message_of;
using topology::stratified_matchings;

struct Shape {
  int hosts = 0, leaf = 0, pod = 0;  // hosts in all, below a leaf, in a pod
};

std::vector<PairPlace> places_of(const Shape& shape) {
  std::vector<PairPlace> places;
  for (int h = 0; h < shape.hosts; ++h) {
    places.push_back({static_cast<std::uint32_t>(h / shape.leaf), static_cast<std::uint32_t>(h / shape.pod)});
  }
  return places;
}

std::vector<PairRound> rounds_on(const Shape& shape, int count, std::uint64_t seed = 1) {
  std::vector<int> members(static_cast<std::size_t>(shape.hosts));
  std::iota(members.begin(), members.end(), 0);
  std::mt19937_64 random(seed);
  const auto places = places_of(shape);
  return stratified_matchings(members, places, count, random);
}

class Stratified : public testing::TestWithParam<Shape> {};

TEST_P(Stratified, EverybodyHasAPartnerInEveryRound) {
  const auto shape = GetParam();
  for (const auto& round : rounds_on(shape, 4)) {
    std::set<int> busy;
    for (const auto& pair : round) {
      EXPECT_LT(pair.a, pair.b);
      EXPECT_TRUE(busy.insert(pair.a).second && busy.insert(pair.b).second) << "a rank is in two pairs";
    }
    EXPECT_EQ(std::ssize(busy), shape.hosts / 2 * 2);
  }
}

TEST_P(Stratified, EveryTierIsCrossedByEverybodyWhereItCanBe) {
  const auto shape = GetParam();
  const auto places = places_of(shape);
  const auto rounds = rounds_on(shape, 3);
  const auto at = [&](int rank) { return places[static_cast<std::size_t>(rank)]; };
  const bool pods = shape.pod < shape.hosts && shape.hosts >= 2 * shape.pod;
  for (const auto& pair : rounds[0]) {
    EXPECT_TRUE(pods ? at(pair.a).pod != at(pair.b).pod : at(pair.a).leaf != at(pair.b).leaf);
  }
  std::size_t near = 0;
  for (const auto& pair : rounds[2]) {
    near += at(pair.a).leaf == at(pair.b).leaf ? 1 : 0;
  }
  EXPECT_GE(near + static_cast<std::size_t>(shape.hosts / shape.leaf + 1), rounds[2].size()) << "one left over a leaf";
}

TEST_P(Stratified, NobodyMeetsTwiceAndTheSeedDecides) {
  const auto shape = GetParam();
  std::map<RankPair, int> meetings;
  for (const auto& round : rounds_on(shape, 4)) {
    for (const auto& pair : round) {
      ++meetings[pair];
    }
  }
  const auto repeats = std::ranges::count_if(meetings, [](const auto& one) { return one.second > 1; });
  EXPECT_LE(repeats, shape.hosts / 16);
  EXPECT_EQ(rounds_on(shape, 4), rounds_on(shape, 4));
  EXPECT_NE(rounds_on(shape, 4, 1), rounds_on(shape, 4, 2));
}

INSTANTIATE_TEST_SUITE_P(Fabrics, Stratified,
                         testing::Values(Shape{64, 8, 64}, Shape{64, 8, 16}, Shape{65, 8, 16}, Shape{120, 5, 20},
                                         Shape{1024, 32, 256}));

TEST(Stratified, EachLeafSendsIntoTheFabricInEveryRoundButItsOwn) {
  const Shape shape{256, 16, 64};
  const auto places = places_of(shape);
  const auto rounds = rounds_on(shape, 4);
  for (const auto number : {0, 1, 3}) {
    std::map<std::uint32_t, int> crossing;
    for (const auto& pair : rounds[static_cast<std::size_t>(number)]) {
      const auto a = places[static_cast<std::size_t>(pair.a)].leaf, b = places[static_cast<std::size_t>(pair.b)].leaf;
      crossing[a] += a != b ? 1 : 0;
      crossing[b] += a != b ? 1 : 0;
    }
    for (std::uint32_t leaf = 0; leaf < 16; ++leaf) {
      EXPECT_GE(crossing[leaf], 15) << "round " << number << ", leaf " << leaf;
    }
  }
}

/// Pairs of a round whose ends are of different rates.
std::size_t unequal(const PairRound& round, const std::vector<PairPlace>& places) {
  return static_cast<std::size_t>(std::ranges::count_if(round, [&](const RankPair& pair) {
    return places[static_cast<std::size_t>(pair.a)].rate_Bps != places[static_cast<std::size_t>(pair.b)].rate_Bps;
  }));
}

std::size_t near(const PairRound& round, const std::vector<PairPlace>& places) {
  return static_cast<std::size_t>(std::ranges::count_if(round, [&](const RankPair& pair) {
    return places[static_cast<std::size_t>(pair.a)].pod == places[static_cast<std::size_t>(pair.b)].pod;
  }));
}

std::vector<PairRound> rounds_at(const std::vector<PairPlace>& places, int count) {
  std::vector<int> members(places.size());
  std::iota(members.begin(), members.end(), 0);
  std::mt19937_64 random(1);
  return stratified_matchings(members, places, count, random);
}

constexpr double kFast = 50e9, kSlow = 25e9;

TEST(Speeds, EqualsMeetWhereEachSpeedHasSeveralPods) {
  auto places = places_of({256, 16, 64});
  for (auto& place : places) {
    place.rate_Bps = place.pod % 2 == 0 ? kFast : kSlow;
  }
  const auto rounds = rounds_at(places, 4);
  for (const auto& round : rounds) {
    EXPECT_EQ(round.size(), 128U);
    EXPECT_EQ(unequal(round, places), 0U);
  }
  EXPECT_EQ(near(rounds[0], places), 0U);
  EXPECT_EQ(near(rounds[3], places), 0U);
}

TEST(Speeds, ThePodThatAloneIsFastStillMeetsOtherPodsInTheFirstRound) {
  auto places = places_of({256, 16, 64});
  for (auto& place : places) {
    place.rate_Bps = place.pod == 0 ? kFast : kSlow;
  }
  const auto rounds = rounds_at(places, 3);
  EXPECT_EQ(near(rounds[0], places), 0U);
  EXPECT_EQ(unequal(rounds[0], places), 64U);
  EXPECT_EQ(unequal(rounds[1], places) + unequal(rounds[2], places), 0U);
}

TEST(Speeds, PodsOfUnequalSizesMeetAcrossThemAll) {
  auto places = places_of({96, 8, 40});  // pods of 40, 40 and 16; the first and the last are fast
  for (auto& place : places) {
    place.rate_Bps = place.pod == 1 ? kSlow : kFast;
  }
  EXPECT_EQ(near(rounds_at(places, 1)[0], places), 0U);
}

TEST(Speeds, BothOfALeafMeetTheirEquals) {
  auto places = places_of({120, 15, 60});
  for (std::size_t i = 0; i < places.size(); ++i) {
    places[i].rate_Bps = i % 3 == 0 ? kFast : kSlow;
  }
  const auto rounds = rounds_at(places, 3);
  EXPECT_EQ(unequal(rounds[0], places), 0U);
  EXPECT_LE(unequal(rounds[2], places), 8U) << "one odd pair a leaf at most";
  EXPECT_EQ(rounds[2].size(), 60U);
}

TEST(Speeds, CablesThatTrainedDownMeetThoseOfFullRate) {
  auto places = places_of({256, 16, 64});
  for (std::size_t i = 0; i < places.size(); ++i) {
    places[i].rate_Bps = i % 16 == 0 ? kSlow : kFast;  // one in sixteen
  }
  std::size_t of_two_slow = 0;
  for (const auto& round : rounds_at(places, 4)) {
    of_two_slow += static_cast<std::size_t>(
        std::ranges::count_if(round, [&](const RankPair& pair) { return pair.a % 16 == 0 && pair.b % 16 == 0; }));
  }
  EXPECT_LE(of_two_slow, 8U) << "of 64 meetings of a slow one";
}

TEST(Bisection, CrossesTheMiddleOfTheFabricWhateverTheOrderOfRanks) {
  std::vector<core::RankRow> ranks;
  std::vector<PairPlace> places;
  for (int i = 0; i < 32; ++i) {  // pods by turns
    core::RankRow row;
    row.rank = i;
    row.host = "n" + std::to_string(i);
    ranks.push_back(row);
    places.push_back({static_cast<std::uint32_t>(i % 4), static_cast<std::uint32_t>(i % 2)});
  }
  const auto halves = make_pair_schedule("bisection", ranks, 1, places);
  for (const auto& pair : halves.rounds.at(0)) {
    EXPECT_NE(pair.a % 2, pair.b % 2);
  }
  const auto neighbours = make_pair_schedule("neighbours", ranks, 1, places);
  for (const auto& pair : neighbours.rounds.at(0)) {
    EXPECT_EQ(pair.a % 4, pair.b % 4);
  }
}

/// Hosts with `rails` ranks each, four hosts a leaf and eight a pod; the leaves of a rail are numbered as `number`
/// says.
template <class Number>
std::pair<std::vector<core::RankRow>, std::vector<PairPlace>> job_of(int hosts, int rails, Number&& number) {
  std::vector<core::RankRow> ranks;
  std::vector<PairPlace> places;
  for (int i = 0; i < hosts * rails; ++i) {
    core::RankRow row;
    row.rank = i;
    row.host = "n" + std::to_string(i / rails);
    row.local_rank = i % rails;
    ranks.push_back(row);
    const int leaf = i / rails / 4;
    places.push_back({static_cast<std::uint32_t>(number(leaf, i % rails)), static_cast<std::uint32_t>(leaf / 2)});
  }
  return {ranks, places};
}

void expect_same_hosts_on_all_rails(const PairRound& round, int rails) {
  std::map<int, std::set<int>> partners;
  for (const auto& pair : round) {
    EXPECT_EQ(pair.a % rails, pair.b % rails);
    partners[pair.a / rails].insert(pair.b / rails);
  }
  for (const auto& [host, met] : partners) {
    EXPECT_EQ(met.size(), 1U) << "host " << host;
  }
}

TEST(AllRails, JoinsTheSameHostsHoweverTheLeavesOfARailAreNumbered) {
  const auto [ranks, places] =
      job_of(32, 4, [](int leaf, int rail) { return rail * 8 + (rail % 2 == 0 ? leaf : 7 - leaf); });
  const auto schedule = make_pair_schedule("all-rails:4", ranks, 1, places);
  ASSERT_EQ(schedule.rounds.size(), 4U);
  for (const auto& round : schedule.rounds) {
    EXPECT_EQ(round.size(), 4U * 16U);
    expect_same_hosts_on_all_rails(round, 4);
  }
}

TEST(AllRails, ARankThatIsMissingChangesNoOtherRail) {
  auto [ranks, places] = job_of(32, 4, [](int leaf, int rail) { return rail * 8 + leaf; });
  ranks.back().local_rank = 9;  // a rail of its own
  for (const auto& round : make_pair_schedule("all-rails:3", ranks, 1, places).rounds) {
    EXPECT_EQ(round.size(), 4U * 16U - 1U);
    expect_same_hosts_on_all_rails(round, 4);
  }
}

TEST(Bisection, LoadsAllRailsAtOnce) {
  const auto [ranks, places] = job_of(32, 4, [](int leaf, int rail) { return rail * 8 + leaf; });
  for (const auto& known : {places, std::vector<PairPlace>()}) {
    const auto schedule = make_pair_schedule("bisection", ranks, 1, known);
    ASSERT_EQ(schedule.rounds.size(), 1U);
    EXPECT_EQ(schedule.rounds[0].size(), 4U * 16U);
    expect_same_hosts_on_all_rails(schedule.rounds[0], 4);
    for (const auto& pair : schedule.rounds[0]) {
      EXPECT_NE(places[static_cast<std::size_t>(pair.a)].pod, places[static_cast<std::size_t>(pair.b)].pod);
    }
  }
}

TEST(Neighbours, AnOddOneOfALeafHasAByeAndCrossesNothing) {
  std::vector<core::RankRow> ranks(21);
  std::vector<PairPlace> places;
  for (int i = 0; i < 21; ++i) {
    ranks[static_cast<std::size_t>(i)].rank = i;
    ranks[static_cast<std::size_t>(i)].host = "n" + std::to_string(i);
    places.push_back({static_cast<std::uint32_t>(i / 7), 0});
  }
  const auto schedule = make_pair_schedule("neighbours", ranks, 1, places);
  ASSERT_EQ(schedule.rounds.at(0).size(), 9U);
  for (const auto& pair : schedule.rounds[0]) {
    EXPECT_EQ(pair.a / 7, pair.b / 7);
  }
}

std::string plan_of(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), {"plumb-pairs", "--plan"});
  return plan_text(parse_pair_options(static_cast<int>(arguments.size()), arguments.data()));
}

TEST(Plan, TellsRoundsTimeCoverageAndPowerOfAnyTopology) {
  const auto text =
      plan_of({"--schedule", "matchings:4", "--topology", "synthetic:rail:hosts=64,rails=4,leaf=16,spines=4"});
  EXPECT_THAT(text, testing::HasSubstr("matchings:4 on 256 endpoints of 64 hosts: 16 rounds, 512 pairs"));
  EXPECT_THAT(text, testing::ContainsRegex("host cable +256 +256 +8 \\(median 8\\) +9. % of expected or slower"));
  EXPECT_THAT(text, testing::HasSubstr("as one of 4 equal ways"));
}

TEST(Plan, MoreRoundsSeeMilderFaults) {
  const auto seen = [](const char* rounds, const char* noise) {
    const auto text =
        plan_of({"--schedule", rounds, "--assume-noise", noise, "--topology", "synthetic:fat-tree:hosts=64"});
    const auto row = text.find("host cable"), percent = text.find(" % of expected", row);
    return std::stoi(text.substr(percent - 2, 2));
  };
  EXPECT_GT(seen("matchings:16", "3"), seen("matchings:4", "3"));
  EXPECT_GT(seen("matchings:4", "1"), seen("matchings:4", "5"));
}

TEST(Plan, WhatNothingTouchesIsSaidToBeOutOfReach) {
  const auto text = plan_of({"--schedule", "neighbours", "--topology", "synthetic:fat-tree:hosts=64,leaf=16,spines=4"});
  EXPECT_THAT(text, testing::ContainsRegex("cable leaf-spine +16 +0 +0 .*out of reach"));
}

TEST(Plan, WithoutAMapIsRefused) {
  EXPECT_THAT(message_of<core::UsageError>([] {
                plan_of({"--schedule", "ring"});
              }),
              testing::HasSubstr("--plan needs a map"));
}

}  // namespace
}  // namespace plumb::bench
