#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/topology/maps.h"
#include "topology/checks.h"

namespace plumb::topology {
namespace {

using core::CheckRow;
using core::LinkRow;
using test::cable;
using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

using Cables = std::vector<LinkRow>;

struct Map {
  Cables cables;
  std::vector<core::NodeRow> nodes;
  std::vector<CheckRow> remarks;

  [[nodiscard]] Graph graph() const {
    GraphBuilder builder;
    for (const auto& row : nodes) {
      builder.add(row);
    }
    for (const auto& row : cables) {
      builder.add(row);
    }
    for (const auto& row : remarks) {
      builder.remark(row);
    }
    return std::move(builder).seal();
  }
};

/// Four hosts with two NICs each (a, b), two leaves, two spines, and two cables between each leaf and spine.
Map small_map() {
  Map map;
  for (int host = 0; host < 4; ++host) {
    for (int nic = 0; nic < 2; ++nic) {
      map.cables.push_back(cable(fmt::format("nic/n{}/mlx5_{}", host, nic), "1", fmt::format("switch/leaf{}", nic),
                                 std::to_string(host + 1)));
    }
  }
  for (int leaf = 0; leaf < 2; ++leaf) {
    for (int uplink = 0; uplink < 4; ++uplink) {
      map.cables.push_back(cable(fmt::format("switch/leaf{}", leaf), std::to_string(11 + uplink),
                                 fmt::format("switch/spine{}", uplink % 2), std::to_string(leaf * 2 + uplink / 2 + 1)));
    }
  }
  return map;
}

/// The cable in a socket, "nic/n0/mlx5_0:1".
LinkRow& at(Map& map, const std::string& socket) {
  for (auto& row : map.cables) {
    if (row.a + ":" + row.a_port == socket || row.b + ":" + row.b_port == socket) {
      return row;
    }
  }
  throw core::Error("no cable in " + socket);
}

void pull(Map& map, const std::string& socket) {
  const auto id = link_id(at(map, socket));
  std::erase_if(map.cables, [&](const auto& row) { return link_id(row) == id; });
}

std::vector<CheckRow> all_rows(const Map& found, const Map& plan) {
  const auto found_graph = found.graph(), plan_graph = plan.graph();
  std::vector<CheckRow> rows;
  check_cables({found_graph, &plan_graph}, rows);
  return rows;
}

/// Without the row of what passed.
std::vector<CheckRow> faults(const Map& found, const Map& plan) {
  auto rows = all_rows(found, plan);
  std::erase_if(rows, [](const auto& row) { return row.status == "pass"; });
  return rows;
}

auto row(const std::string& check, const std::string& subject) {
  return AllOf(Field("check", &CheckRow::check, check), Field("subject", &CheckRow::subject, subject));
}

TEST(CheckCables, WhatIsAsPlannedPasses) {
  const auto rows = all_rows(small_map(), small_map());
  ASSERT_EQ(rows.size(), 1);
  EXPECT_EQ(rows[0].status, "pass");
  EXPECT_THAT(rows[0].observed, HasSubstr("16 of 16 planned cables"));
}

TEST(CheckCables, NothingIsSaidWithoutAPlanOrWithARule) {
  const auto graph = small_map().graph();
  std::vector<CheckRow> rows;
  check_cables({graph}, rows);
  check_cables({graph, &graph, true}, rows);
  EXPECT_THAT(rows, IsEmpty());
}

TEST(CheckCables, ASwapIsOneRowThatNamesBothCables) {
  auto found = small_map();
  std::swap(at(found, "nic/n1/mlx5_0:1").b_port, at(found, "nic/n2/mlx5_0:1").b_port);
  const auto rows = faults(found, small_map());
  ASSERT_THAT(rows,
              ElementsAre(row("cable_swapped", "nic/n1/mlx5_0:1--switch/leaf0:3; nic/n2/mlx5_0:1--switch/leaf0:2")));
  EXPECT_EQ(rows[0].status, "fail");
  EXPECT_EQ(rows[0].host, "n1");
  EXPECT_EQ(rows[0].observed, "n1 mlx5_0 port 1 to leaf0 port 3; n2 mlx5_0 port 1 to leaf0 port 2");
  EXPECT_EQ(rows[0].expected, "n1 mlx5_0 port 1 to leaf0 port 2; n2 mlx5_0 port 1 to leaf0 port 3");
  EXPECT_EQ(rows[0].advice, "swap them back: exchange the plugs in leaf0 port 2 and leaf0 port 3");
}

TEST(CheckCables, ASwapOfTwoNicsIsMendedAtTheHost) {
  auto found = small_map();
  auto &x = at(found, "nic/n1/mlx5_0:1"), &y = at(found, "nic/n1/mlx5_1:1");
  std::swap(x.b, y.b);
  std::swap(x.b_port, y.b_port);
  const auto rows = faults(found, small_map());
  ASSERT_EQ(rows.size(), 1);
  EXPECT_EQ(rows[0].check, "cable_swapped");
  EXPECT_EQ(rows[0].advice, "swap them back: exchange the plugs in n1 mlx5_0 port 1 and n1 mlx5_1 port 1");
}

TEST(CheckCables, ARotationIsOneRow) {
  auto found = small_map();
  const auto first = at(found, "nic/n0/mlx5_0:1").b_port;
  at(found, "nic/n0/mlx5_0:1").b_port = "20";
  for (const auto& [from, to] :
       {std::pair("n2", first), std::pair("n1", std::string("3")), std::pair("n0", std::string("2"))}) {
    at(found, fmt::format("nic/{}/mlx5_0:1", from)).b_port = to;
  }
  const auto rows = faults(found, small_map());
  ASSERT_THAT(
      rows, ElementsAre(row(
                "cable_rotated",
                "nic/n0/mlx5_0:1--switch/leaf0:2; nic/n1/mlx5_0:1--switch/leaf0:3; nic/n2/mlx5_0:1--switch/leaf0:1")));
  for (const auto* move : {"from leaf0 port 2 to leaf0 port 1", "from leaf0 port 3 to leaf0 port 2",
                           "from leaf0 port 1 to leaf0 port 3"}) {
    EXPECT_THAT(rows[0].advice, HasSubstr(move));
  }
}

TEST(CheckCables, AWrongPortOfTheRightNode) {
  auto found = small_map();
  at(found, "nic/n1/mlx5_0:1").b_port = "9";
  const auto rows = faults(found, small_map());
  ASSERT_THAT(rows, ElementsAre(row("cable_wrong_port", "nic/n1/mlx5_0:1--switch/leaf0:9")));
  EXPECT_EQ(rows[0].advice, "move the plug in leaf0 port 9 to leaf0 port 2");
}

TEST(CheckCables, BothPlugsInWrongPortsOfTheRightNodesIsOneRow) {
  auto found = small_map();
  auto& row_found = at(found, "switch/leaf0:11");
  row_found.a_port = "31";
  row_found.b_port = "32";
  const auto rows = faults(found, small_map());
  ASSERT_THAT(rows, ElementsAre(row("cable_wrong_port", "switch/leaf0:31--switch/spine0:32")));
  EXPECT_EQ(rows[0].advice,
            "move the plug in leaf0 port 31 to leaf0 port 11; the plug in spine0 port 32 to spine0 port 1");
}

TEST(CheckCables, AnotherNicOfTheRightHostIsAWrongPort) {
  auto found = small_map();
  pull(found, "nic/n1/mlx5_1:1");
  at(found, "nic/n1/mlx5_0:1").a = "nic/n1/mlx5_1";
  EXPECT_THAT(faults(found, small_map()), ElementsAre(row("cable_wrong_port", "nic/n1/mlx5_1:1--switch/leaf0:2"),
                                                      row("cable_missing", "nic/n1/mlx5_1:1--switch/leaf1:2")));
}

TEST(CheckCables, AWrongNode) {
  auto found = small_map();
  auto& row_found = at(found, "nic/n1/mlx5_0:1");
  row_found.b = "switch/leaf1";
  row_found.b_port = "9";
  const auto rows = faults(found, small_map());
  ASSERT_THAT(rows, ElementsAre(row("cable_wrong_node", "nic/n1/mlx5_0:1--switch/leaf1:9")));
  EXPECT_EQ(rows[0].expected, "n1 mlx5_0 port 1 to leaf0 port 2");
}

TEST(CheckCables, AChainOfMovesSaysWhatIsInTheWay) {
  auto found = small_map();
  at(found, "nic/n3/mlx5_0:1").b_port = "9";
  at(found, "nic/n2/mlx5_0:1").b_port = "4";
  const auto rows = faults(found, small_map());
  ASSERT_THAT(rows, ElementsAre(row("cable_wrong_port", "nic/n2/mlx5_0:1--switch/leaf0:4"),
                                row("cable_wrong_port", "nic/n3/mlx5_0:1--switch/leaf0:9")));
  EXPECT_EQ(rows[0].advice, "move the plug in leaf0 port 4 to leaf0 port 3");
  EXPECT_EQ(
      rows[1].advice,
      "move the plug in leaf0 port 9 to leaf0 port 4; first take out what is there now (n2 mlx5_0 port 1 to leaf0 "
      "port 4)");
}

TEST(CheckCables, AMissingAndAnExtraCable) {
  auto found = small_map();
  pull(found, "nic/n1/mlx5_0:1");
  found.cables.push_back(cable("switch/leaf1", "40", "switch/spine1", "40"));
  const auto rows = faults(found, small_map());
  ASSERT_THAT(rows, ElementsAre(row("cable_missing", "nic/n1/mlx5_0:1--switch/leaf0:2"),
                                row("cable_extra", "switch/leaf1:40--switch/spine1:40")));
  EXPECT_EQ(rows[0].status, "fail");
  EXPECT_EQ(rows[1].status, "warn");
  EXPECT_EQ(rows[0].observed, "n1 mlx5_0 is not in the map, and nothing is in leaf0 port 2");
}

TEST(CheckCables, AHostOrSwitchWithoutCablesIsOneRow) {
  auto found = small_map();
  pull(found, "nic/n1/mlx5_0:1");
  pull(found, "nic/n1/mlx5_1:1");
  EXPECT_THAT(faults(found, small_map()), ElementsAre(row("node_missing", "host/n1")));
  std::erase_if(found.cables, [](const auto& cable) { return cable.b == "switch/spine1"; });
  EXPECT_THAT(faults(found, small_map()),
              ElementsAre(row("node_missing", "switch/spine1"), row("node_missing", "host/n1")));
}

TEST(CheckCables, HostsBehindAMissingSwitchStandInItsRow) {
  Map plan, found;
  plan.cables = {cable("nic/n1/a", "1", "switch/leaf1", "1"), cable("nic/n2/a", "1", "switch/leaf1", "2"),
                 cable("switch/leaf1", "9", "switch/spine", "1"), cable("switch/leaf2", "9", "switch/spine", "2")};
  found.cables = {plan.cables.back()};
  const auto rows = faults(found, plan);
  ASSERT_THAT(rows, ElementsAre(row("node_missing", "switch/leaf1")));
  EXPECT_THAT(rows[0].observed, HasSubstr("2 hosts that lead only here: n1, n2"));
}

TEST(CheckCables, PortsOfAMissingSwitchAreThoseOfThePlan) {
  auto found = small_map();
  std::erase_if(found.cables, [](const auto& cable) { return cable.b == "switch/spine1"; });
  const auto rows = faults(found, small_map());
  ASSERT_THAT(rows, ElementsAre(row("node_missing", "switch/spine1")));
  EXPECT_THAT(rows[0].expected, HasSubstr("leaf1 port 14 to spine1 port 4"));
}

TEST(CheckCables, ADrawingMayTakeASwitchForAHost) {
  Map found, plan;
  found.cables = {cable("switch/leaf", "eth1", "switch/spine", "1"), cable("switch/leaf", "eth2", "switch/spine", "2")};
  plan.cables = {cable("nic/leaf/eth1", "", "switch/spine", "1"), cable("nic/leaf/eth2", "", "switch/spine", "2")};
  EXPECT_THAT(faults(found, plan), IsEmpty());
  std::swap(plan.cables[0].b_port, plan.cables[1].b_port);
  EXPECT_THAT(faults(found, plan),
              ElementsAre(row("cable_swapped", "switch/leaf:eth1--switch/spine:1; switch/leaf:eth2--switch/spine:2")));
}

TEST(CheckCables, AnUnplannedNodeIsOneRow) {
  auto found = small_map();
  found.cables.push_back(cable("nic/n9/mlx5_0", "1", "switch/leaf0", "30"));
  found.cables.push_back(cable("nic/n9/mlx5_1", "1", "switch/leaf1", "30"));
  const auto rows = faults(found, small_map());
  ASSERT_THAT(rows, ElementsAre(row("node_extra", "host/n9")));
  EXPECT_EQ(rows[0].status, "warn");
}

TEST(CheckCables, AnUnplannedNodeInAPlannedPortIsAWrongNode) {
  auto found = small_map();
  at(found, "nic/n1/mlx5_0:1").a = "nic/n9/mlx5_0";
  EXPECT_THAT(faults(found, small_map()), ElementsAre(row("cable_wrong_node", "nic/n9/mlx5_0:1--switch/leaf0:2")));
}

TEST(CheckCables, ARenamedHostIsOneRow) {
  auto found = small_map();
  at(found, "nic/n1/mlx5_0:1").a = "nic/new/mlx5_0";
  at(found, "nic/n1/mlx5_1:1").a = "nic/new/mlx5_1";
  const auto rows = faults(found, small_map());
  ASSERT_THAT(rows, ElementsAre(row("node_missing", "host/n1")));
  EXPECT_THAT(rows[0].observed, HasSubstr("new is in its ports"));
}

TEST(CheckCables, APlanWithoutPortsComparesNodes) {
  auto plan = small_map();
  std::vector<LinkRow> once;
  for (auto& row : plan.cables) {
    row.a_port.clear();
    row.b_port.clear();
    if (std::ranges::find(once, link_id(row), [](const auto& r) { return link_id(r); }) == once.end()) {
      once.push_back(row);  // a plan needs ports to tell parallel cables apart
    }
  }
  plan.cables = once;
  auto found = small_map();
  std::erase_if(found.cables, [](const auto& row) {
    return row.a.starts_with("switch/") && (row.a_port == "13" || row.a_port == "14");
  });
  EXPECT_THAT(faults(found, plan), IsEmpty());
  at(found, "nic/n1/mlx5_0:1").b_port = "9";
  EXPECT_THAT(faults(found, plan), IsEmpty());  // the plan does not know the port
  auto &x = at(found, "nic/n1/mlx5_0:1"), &y = at(found, "nic/n2/mlx5_1:1");
  std::swap(x.b, y.b);
  std::swap(x.b_port, y.b_port);
  EXPECT_THAT(faults(found, plan),
              ElementsAre(row("cable_swapped", "nic/n1/mlx5_0:1--switch/leaf1:3; nic/n2/mlx5_1:1--switch/leaf0:9")));
}

TEST(CheckCables, KnownPortsCountBesideUnknownOnes) {
  auto plan = small_map(), found = small_map();
  for (auto& row : plan.cables) {
    if (row.a.starts_with("nic/")) {
      row.a_port.clear();
    }
  }
  EXPECT_THAT(faults(found, plan), IsEmpty());
  at(found, "nic/n1/mlx5_0:1").b_port = "9";
  EXPECT_THAT(faults(found, plan), ElementsAre(row("cable_wrong_port", "nic/n1/mlx5_0:1--switch/leaf0:9")));
}

TEST(CheckCables, APlanMayNameHostsOnly) {
  auto plan = small_map();
  for (auto& row : plan.cables) {
    if (row.a.starts_with("nic/")) {
      row.a = "host/" + row.a.substr(4, 2);
      row.a_port.clear();
    }
  }
  EXPECT_THAT(faults(small_map(), plan), IsEmpty());
  auto found = small_map();
  at(found, "nic/n1/mlx5_0:1").b_port = "9";
  EXPECT_THAT(faults(found, plan), ElementsAre(row("cable_wrong_port", "nic/n1/mlx5_0:1--switch/leaf0:9")));
  pull(found, "nic/n1/mlx5_0:1");
  EXPECT_THAT(faults(found, plan), ElementsAre(row("cable_missing", "host/n1--switch/leaf0:2")));
}

TEST(CheckCables, ThePortOfAHostMayBeANameOfItsNic) {
  Map found, plan;
  found.cables = {cable("nic/n1/mlx5_0", "1", "switch/leaf", "1"), cable("nic/n1/mlx5_1", "1", "switch/leaf", "2")};
  for (int nic = 0; nic < 2; ++nic) {
    core::NodeRow row;
    row.id = fmt::format("nic/n1/mlx5_{}", nic);
    row.name = fmt::format("mlx5_{} (eth{})", nic, nic);
    found.nodes.push_back(row);
  }
  plan.cables = {cable("host/n1", "eth0", "switch/leaf", "1"), cable("host/n1", "eth1", "switch/leaf", "2")};
  EXPECT_THAT(faults(found, plan), IsEmpty());
  EXPECT_THAT(faults(plan, found), IsEmpty());
  std::swap(found.cables[0].b_port, found.cables[1].b_port);
  EXPECT_THAT(faults(found, plan),
              ElementsAre(row("cable_swapped", "nic/n1/mlx5_0:1--switch/leaf:2; nic/n1/mlx5_1:1--switch/leaf:1")));
}

TEST(CheckCables, OtherWaysOfNamingAreSaidNotBlamed) {
  auto plan = small_map();
  for (auto& row : plan.cables) {
    row.a_port = (row.a.starts_with("switch/") ? "swp" : "") + row.a_port;
    row.b_port = "swp" + row.b_port;
  }
  const auto rows = faults(small_map(), plan);
  ASSERT_EQ(rows.size(), 1);
  EXPECT_EQ(rows[0].status, "absent");
  EXPECT_THAT(rows[0].observed, HasSubstr("name the ports of leaf0 in different ways (and of 3 more)"));
  auto other_nics = small_map();
  for (auto& row : other_nics.cables) {
    row.a = row.a.starts_with("nic/n1/") ? "nic/n1/HCA-" + row.a.substr(12) : row.a;
  }
  const auto nic_rows = faults(small_map(), other_nics);
  ASSERT_EQ(nic_rows.size(), 1);
  EXPECT_EQ(nic_rows[0].status, "absent");
  EXPECT_THAT(nic_rows[0].observed, HasSubstr("NICs of n1"));
}

TEST(CheckCables, PortsThatDidNotAnswerAreUndecided) {
  auto found = small_map();
  pull(found, "nic/n1/mlx5_0:1");
  found.remarks.push_back({"", "switch/leaf0:2", "discovery", "absent", "its peer did not tell", "", ""});
  const auto rows = faults(found, small_map());
  ASSERT_EQ(rows.size(), 1);
  EXPECT_EQ(rows[0].status, "absent");
  EXPECT_THAT(rows[0].observed, HasSubstr("1 planned cable"));
}

TEST(CheckCables, AnotherFabricsPlanIsOneRow) {
  Map plan;
  plan.cables = {cable("host/x1", "", "switch/y1", "1")};
  auto rows = all_rows(small_map(), plan);
  ASSERT_EQ(rows.size(), 1);
  EXPECT_EQ(rows[0].status, "absent");
  EXPECT_THAT(rows[0].observed, HasSubstr("no name of the plan is in the map"));
  rows = all_rows(small_map(), Map());
  ASSERT_EQ(rows.size(), 1);
  EXPECT_EQ(rows[0].observed, "the plan has no cables");
}

TEST(CheckCables, SlowerThanPlanned) {
  auto found = small_map();
  at(found, "nic/n1/mlx5_0:1").rate_Bps = 12.5e9;
  at(found, "switch/leaf0:11").rate_Bps = 48e9;  // rounded
  at(found, "switch/leaf0:12").rate_Bps = 100e9;
  const auto rows = faults(found, small_map());
  ASSERT_THAT(rows, ElementsAre(row("cable_slower_than_plan", "nic/n1/mlx5_0:1--switch/leaf0:2")));
  EXPECT_EQ(rows[0].observed, "100 Gb/s");
  EXPECT_EQ(rows[0].expected, "400 Gb/s");
}

TEST(CheckCables, WidthAndSpeedTellBeforeTheRate) {
  auto found = small_map(), plan = small_map();
  for (auto* map : {&found, &plan}) {
    at(*map, "switch/leaf0:11").width = at(*map, "switch/leaf0:12").width = "4x";
    at(*map, "switch/leaf0:11").speed = at(*map, "switch/leaf0:12").speed = "NDR";
  }
  EXPECT_THAT(faults(found, plan), IsEmpty());
  at(found, "switch/leaf0:11").width = "2x";
  at(found, "switch/leaf0:12").speed = "HDR";
  EXPECT_THAT(faults(found, plan), ElementsAre(row("cable_slower_than_plan", "switch/leaf0:11--switch/spine0:1"),
                                               row("cable_slower_than_plan", "switch/leaf0:12--switch/spine1:1")));
}

TEST(CheckCables, RacksStandInTheAdvice) {
  auto plan = small_map(), found = small_map();
  core::NodeRow leaf;
  leaf.id = "switch/leaf0";
  leaf.rack = "r7";
  plan.nodes = {leaf};
  at(found, "nic/n1/mlx5_0:1").b_port = "9";
  const auto rows = faults(found, plan);
  ASSERT_EQ(rows.size(), 1);
  EXPECT_EQ(rows[0].advice, "move the plug in leaf0 port 9 (rack r7) to leaf0 port 2 (rack r7)");
}

}  // namespace
}  // namespace plumb::topology
