#include "topology/ib_fabric.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plumb::topology {
namespace {

using testing::HasSubstr;

IbFabric two_nodes() {
  IbFabric fabric;
  fabric.source = "ib";
  fabric.nodes.push_back({.guid = 1, .description = "n1 mlx5_0"});
  fabric.nodes.push_back({.guid = 2, .kind = IbNode::Kind::network_switch, .description = "leaf1"});
  return fabric;
}

Graph map_of(const IbFabric& fabric) {
  GraphBuilder builder;
  fabric.add_to(builder);
  return std::move(builder).seal();
}

TEST(IbFabric, APortThatIsUpWithoutAPeerMakesTheMapIncomplete) {
  auto fabric = two_nodes();
  fabric.links.push_back({.a = 1, .b = 2, .a_port = 1, .b_port = 7});
  EXPECT_TRUE(map_of(fabric).remarks().empty());
  fabric.links.push_back({.a = 2, .b = 0, .a_port = 9});
  const auto graph = map_of(fabric);
  ASSERT_EQ(graph.remarks().size(), 1);
  EXPECT_EQ(graph.remarks()[0].subject, "switch/leaf1:9");
  EXPECT_EQ(graph.remarks()[0].status, "absent");
  EXPECT_THAT(graph.remarks()[0].observed, HasSubstr("did not answer"));
}

TEST(IbFabric, LoopbackPlugIsARemarkAndNoCable) {
  auto fabric = two_nodes();
  fabric.links.push_back({.a = 2, .b = 2, .a_port = 5, .b_port = 5});
  const auto graph = map_of(fabric);
  EXPECT_EQ(graph.link_count(), 0);
  ASSERT_EQ(graph.remarks().size(), 1);
  EXPECT_EQ(graph.remarks()[0].check, "port_loop");
  EXPECT_EQ(graph.remarks()[0].subject, "switch/leaf1:5");
  EXPECT_EQ(graph.remarks()[0].status, "warn");
  fabric.links[0].b_port = 6;  // two ports of one switch are a cable
  EXPECT_EQ(map_of(fabric).link_count(), 1);
}

TEST(IbFabric, CountersStandAtTheIdsOfTheirNodes) {
  auto fabric = two_nodes();
  fabric.counters.push_back(
      {.node = 2, .port = 7, .phase = "before", .name = "link_downed", .t_unix_ns = 5, .value = 3});
  fabric.counters.push_back({.node = 99, .port = 7, .phase = "before", .name = "link_downed", .value = 3});
  const auto graph = map_of(fabric);
  ASSERT_EQ(graph.port_rows().size(), 1);  // of the second, nobody knows what it is
  const auto& row = graph.port_rows()[0];
  EXPECT_EQ(row.node, "switch/leaf1");
  EXPECT_EQ(row.port, "7");
  EXPECT_EQ(row.counter, "link_downed");
  EXPECT_EQ(row.value, 3);
}

TEST(IbFabric, TheGuidOfAPortDoesNotStandInTheMap) {
  auto fabric = two_nodes();
  fabric.nodes[0].guid_is_of_port = true;
  const auto graph = map_of(fabric);
  EXPECT_EQ(graph.row(*graph.find("nic/n1/mlx5_0")).guid, "");
  EXPECT_EQ(graph.row(*graph.find("switch/leaf1")).guid, "0x0000000000000002");
}

}  // namespace
}  // namespace plumb::topology
