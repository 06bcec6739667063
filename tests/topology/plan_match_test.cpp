#include "topology/plan_match.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/topology/maps.h"

namespace plumb::topology {
namespace {

core::NodeRow node(const std::string& id, const std::string& name = "", const std::string& guid = "") {
  core::NodeRow row;
  row.id = id;
  row.name = name;
  row.guid = guid;
  return row;
}

Graph graph_of(const std::vector<core::NodeRow>& rows) {
  GraphBuilder builder;
  for (const auto& row : rows) {
    builder.add(row);
  }
  return std::move(builder).seal();
}

/// What of the map the part of the plan is; "" for nothing.
std::string found_for(const Graph& found, const Graph& plan, const std::string& id) {
  const PlanMatch match(found, plan);
  const auto node = match.found_of(*plan.find(id));
  if (node) {
    EXPECT_EQ(match.planned_of(*node), plan.find(id));
  }
  return node ? std::string(found.row(*node).id) : "";
}

TEST(PlanMatch, TheSameIdGoesFirst) {
  const auto found = graph_of({node("switch/leaf1", "", "0x2"), node("switch/LEAF1", "", "0x1")});
  const auto plan = graph_of({node("switch/leaf1", "", "0x1")});
  EXPECT_EQ(found_for(found, plan, "switch/leaf1"), "switch/leaf1");
}

TEST(PlanMatch, CaseAndDomainDoNotCount) {
  const auto found = graph_of({node("switch/LEAF1"), node("host/n05.dc1.example"), node("nic/n05.dc1.example/eth0")});
  const auto plan = graph_of({node("switch/leaf1"), node("host/n05"), node("nic/n05/eth0")});
  EXPECT_EQ(found_for(found, plan, "switch/leaf1"), "switch/LEAF1");
  EXPECT_EQ(found_for(found, plan, "host/n05"), "host/n05.dc1.example");
  EXPECT_EQ(found_for(found, plan, "nic/n05/eth0"), "nic/n05.dc1.example/eth0");
}

TEST(PlanMatch, AKeyOfTwoTellsNothing) {
  const auto found = graph_of({node("switch/leaf.a"), node("switch/leaf.b")});
  const auto plan = graph_of({node("switch/leaf")});
  EXPECT_EQ(found_for(found, plan, "switch/leaf"), "");
  EXPECT_EQ(found_for(plan, found, "switch/leaf.a"), "");
}

TEST(PlanMatch, ANicWithAnotherDescriptionIsTheSameByItsGuidAndSoIsItsHost) {
  const auto found = graph_of({node("nic/0xe41d2d0300000010/0xe41d2d0300000011", "", "0xe41d2d0300000011")});
  const auto plan = graph_of({node("nic/n05/mlx5_0", "", "E41D:2D03:0000:0011")});
  EXPECT_EQ(found_for(found, plan, "nic/n05/mlx5_0"), "nic/0xe41d2d0300000010/0xe41d2d0300000011");
  EXPECT_EQ(found_for(found, plan, "host/n05"), "host/0xe41d2d0300000010");
}

TEST(PlanMatch, AClonedGuidTellsNothing) {
  const auto found = graph_of({node("switch/x", "", "0x7"), node("switch/y", "", "0x7")});
  EXPECT_EQ(found_for(found, graph_of({node("switch/leaf1", "", "0x7")}), "switch/leaf1"), "");
  EXPECT_EQ(
      found_for(graph_of({node("switch/x", "", "0x0")}), graph_of({node("switch/leaf1", "", "0x0")}), "switch/leaf1"),
      "");
}

TEST(PlanMatch, ANicHasSeveralNames) {
  const auto found = graph_of({node("nic/n05/mlx5_0", "mlx5_0 (eth0)"), node("nic/n05/mlx5_1", "mlx5_1 (eth1)"),
                               node("nic/n06/mlx5_0", "mlx5_0 (eth0)")});
  const auto plan = graph_of({node("nic/n05/eth1"), node("nic/n05/eth7"), node("nic/n06/mlx5_9", "mlx5_9 (eth0)")});
  EXPECT_EQ(found_for(found, plan, "nic/n05/eth1"), "nic/n05/mlx5_1");
  EXPECT_EQ(found_for(found, plan, "nic/n05/eth7"), "");
  EXPECT_EQ(found_for(found, plan, "nic/n06/mlx5_9"), "nic/n06/mlx5_0");
}

TEST(PlanMatch, ADrawingMayTakeAHostForASwitch) {
  EXPECT_EQ(found_for(graph_of({node("host/n05")}), graph_of({node("switch/n05")}), "switch/n05"), "host/n05");
}

TEST(PlanMatch, NamesHaveForms) {
  EXPECT_EQ(form_of("swp31"), form_of("swp2"));
  EXPECT_EQ(form_of("Eth1/17"), form_of("eth1/2"));
  EXPECT_NE(form_of("swp31"), form_of("31"));
  EXPECT_EQ(form_of("0xe41d2d0300000011"), form_of("0x0002c90300000aaa"));
}

}  // namespace
}  // namespace plumb::topology
