// With a map, cables and switches are named, and rates are held against line rates.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/judge.h"
#include "reports/outputs.h"
#include "tests/reports/failing.h"
#include "tests/reports/two_tiers.h"

namespace plumb::reports {
namespace {

using core::FindingKind;
using core::VerdictKind;
using test::failing;
using test::Fleet;
using test::fleet_of;
using test::TemporaryDir;
using test::TwoTiers;

Judgement judge_mapped(const Fleet& fleet, const TwoTiers& map) {
  const TemporaryDir dir;
  map.write(dir.path() / "run");
  fleet.write(dir.path() / "run");
  Fabric fabric(read_map({dir.path() / "run"}));
  return judge(read_evidence({dir.path() / "run"}), fabric, default_limits());
}

TEST(JudgeWithMap, AHealthyFabricPasses) {
  const TwoTiers map;
  const auto judgement = judge_mapped(fleet_of(map), map);
  EXPECT_EQ(judgement.verdict.kind, VerdictKind::pass) << terminal_text(judgement.verdict, false);
}

TEST(JudgeWithMap, ASlowHostsCableComesFirst) {
  const TwoTiers map;
  auto fleet = fleet_of(map);
  fleet.factor = [](int a, int b) { return a == 5 || b == 5 ? 0.3 : 1.0; };
  const auto judgement = judge_mapped(fleet, map);
  const auto fails = failing(judgement);
  ASSERT_EQ(fails.size(), 1U) << terminal_text(judgement.verdict, false);
  EXPECT_EQ(fails[0].kind, FindingKind::slow_link);
  ASSERT_EQ(fails[0].suspects.size(), 2U);  // nothing measured here tells a host from its only cable
  EXPECT_EQ(fails[0].suspects[0].component, "host/n05--switch/leaf1:1");
  EXPECT_EQ(fails[0].suspects[1].component, "host/n05");
  EXPECT_THAT(fails[0].title, testing::HasSubstr("30 % of its peers, both directions, 30 of 30"));
}

TEST(JudgeWithMap, ASlowLeafIsOneFinding) {
  const TwoTiers map;
  auto fleet = fleet_of(map);
  fleet.factor = [](int a, int b) { return a / 4 == 2 || b / 4 == 2 ? 0.5 : 1.0; };
  const auto judgement = judge_mapped(fleet, map);
  const auto fails = failing(judgement);
  ASSERT_EQ(fails.size(), 1U) << terminal_text(judgement.verdict, false);
  EXPECT_EQ(fails[0].kind, FindingKind::slow_switch);
  EXPECT_EQ(fails[0].suspects[0].component, "switch/leaf2");
}

/// Traffic from leaf 1 towards spine 0 is slow.
double slow_uplink(int a, int b) { return a / 4 == 1 && b / 4 != 1 && TwoTiers::spine_of(a, b) == 0 ? 0.2 : 1.0; }

TEST(JudgeWithMap, ASlowUplinkIsNamedByItsRoutes) {
  TwoTiers map;
  map.with_routes = true;
  auto fleet = fleet_of(map);
  fleet.factor = slow_uplink;
  const auto judgement = judge_mapped(fleet, map);
  const auto fails = failing(judgement);
  ASSERT_EQ(fails.size(), 1U) << terminal_text(judgement.verdict, false);
  EXPECT_EQ(fails[0].suspects[0].component, "switch/leaf1:u0--switch/spine0:4");
  EXPECT_GT(fails[0].suspects[0].posterior, 0.9);
  EXPECT_THAT(fails[0].title, testing::HasSubstr("only towards switch/spine0:4"));
}

TEST(JudgeWithMap, ASlowUplinkIsNamedByEqualShares) {
  const TwoTiers map;
  auto fleet = fleet_of(map);
  fleet.factor = slow_uplink;
  const auto judgement = judge_mapped(fleet, map);
  const auto fails = failing(judgement);
  ASSERT_EQ(fails.size(), 1U) << terminal_text(judgement.verdict, false);
  std::vector<std::string> suspects;
  for (const auto& suspect : fails[0].suspects) {
    suspects.push_back(suspect.component);
  }
  EXPECT_THAT(suspects, testing::Contains("switch/leaf1:u0--switch/spine0:4"));
  EXPECT_LE(suspects.size(), 3U);  // which of the leaf's two uplinks, the shares cannot tell
}

TEST(JudgeWithMap, AUniformlySlowFabricFails) {
  const TwoTiers map;
  auto fleet = fleet_of(map);
  fleet.factor = [](int, int) { return 0.4; };
  const auto judgement = judge_mapped(fleet, map);
  EXPECT_EQ(judgement.verdict.kind, VerdictKind::fail);
  ASSERT_FALSE(failing(judgement).empty());
  EXPECT_EQ(failing(judgement)[0].kind, FindingKind::config);
  EXPECT_THAT(failing(judgement)[0].title, testing::HasSubstr("the whole fabric is slow"));
}

TEST(JudgeWithMap, WhatThePlanHasAndNobodyMeasuredIsSaid) {
  TwoTiers map;
  map.hosts = 17;
  auto fleet = fleet_of(map);
  fleet.hosts = 16;
  const auto judgement = judge_mapped(fleet, map);
  EXPECT_EQ(judgement.verdict.kind, VerdictKind::inconclusive);
  EXPECT_THAT(judgement.verdict.notes, testing::Contains("1 of 17 hosts were not measured"));
  EXPECT_THAT(judgement.verdict.notes, testing::Contains("1 of 17 host cables were not measured"));
}

TEST(JudgeWithMap, TwoSlowHostsAreTwoFindings) {
  const TwoTiers map;
  auto fleet = fleet_of(map);
  fleet.factor = [](int a, int b) { return a == 2 || b == 2 ? 0.5 : a == 11 || b == 11 ? 0.25 : 1.0; };
  const auto fails = failing(judge_mapped(fleet, map));
  ASSERT_EQ(fails.size(), 2U);
  EXPECT_EQ(fails[0].suspects[0].component, "host/n011--switch/leaf2:3");
  EXPECT_EQ(fails[1].suspects[0].component, "host/n02--switch/leaf0:2");
}

TEST(JudgeWithMap, ARouteOfUnknownPartsNamesItsLine) {
  const TemporaryDir dir;
  const TwoTiers map;
  map.write(dir.path() / "run");
  std::ofstream(dir.path() / "run/routes.csv") << "src,dst,hop,link\nhost/n00,host/n01,0,host/n00--switch/gone\n";
  EXPECT_THAT(test::message_of<core::Error>([&] { read_map({dir.path() / "run"}); }),
              testing::HasSubstr("routes.csv:2: host/n00--switch/gone is not in"));
}

}  // namespace
}  // namespace plumb::reports
