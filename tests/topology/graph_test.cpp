#include "topology/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/topology/maps.h"

namespace plumb::topology {
namespace {

using test::cable;
using testing::HasSubstr;

TEST(Graph, ImpliesTheNodesThatLinksName) {
  GraphBuilder builder;
  builder.add(cable("switch/leaf1", "7", "nic/n05/mlx5_0", "1"));
  const auto graph = std::move(builder).seal();
  ASSERT_EQ(graph.node_count(), 3U);  // the NIC's host too
  const auto nic = graph.find("nic/n05/mlx5_0");
  ASSERT_TRUE(nic);
  EXPECT_EQ(graph.host_of(*nic), graph.find("host/n05"));
  EXPECT_THAT(graph.nics_of(*graph.find("host/n05")), testing::ElementsAre(*nic));
  EXPECT_EQ(graph.link_row(0).id, "nic/n05/mlx5_0:1--switch/leaf1:7");
  EXPECT_EQ(graph.link_row(0).a, "nic/n05/mlx5_0");
}

TEST(Graph, AClassOfSwitchesSaysThatTheyAreSwitchesOnce) {
  GraphBuilder builder;
  builder.add(cable("switch/leaf1", "7", "nic/n05/mlx5_0", "1"));
  builder.add(cable("switch/far1", "1", "switch/far2", "1"));  // serves nobody: no tier is known
  const auto graph = std::move(builder).seal();
  EXPECT_EQ(part_class_of(graph, *graph.find("switch/leaf1")), "leaf switch");
  EXPECT_EQ(part_class_of(graph, *graph.find("switch/far1")), "switch");
  EXPECT_EQ(part_class_of(graph, *graph.find("nic/n05/mlx5_0")), "nic");
}

TEST(Graph, SourcesFillEachOthersGaps) {
  GraphBuilder builder;
  core::NodeRow first, second;
  first.id = second.id = "nic/n1/a";
  first.rail = 3;
  second.rail = 4;
  second.model = "ConnectX-7";
  builder.add(first);
  builder.add(second);
  const auto graph = std::move(builder).seal();
  EXPECT_EQ(graph.row(*graph.find("nic/n1/a")).rail, 3);
  EXPECT_EQ(graph.row(*graph.find("nic/n1/a")).model, "ConnectX-7");
  ASSERT_EQ(graph.remarks().size(), 1);
  EXPECT_EQ(graph.remarks()[0].subject, "nic/n1/a");
  EXPECT_THAT(graph.remarks()[0].observed, HasSubstr("rail is 3"));
  EXPECT_THAT(graph.remarks()[0].expected, HasSubstr("4"));
}

TEST(Graph, RoundedRatesAndLongerModelsAreNoConflict) {
  GraphBuilder builder;
  auto exact = cable("switch/a", "1", "switch/b", "1", 50e9), rounded = exact;
  rounded.rate_Bps = 50.0001e9;
  core::NodeRow number, board, words;
  number.id = board.id = words.id = "switch/a";
  number.model = "0x02c9:0xd2f0";
  board.model = "0x02c9:0xd2f0 MT_0000000063";
  words.model = "Quantum-2";
  builder.add(exact);
  builder.add(rounded);
  builder.add(number);
  builder.add(board);
  builder.add(words);
  const auto graph = std::move(builder).seal();
  EXPECT_TRUE(graph.remarks().empty());
  EXPECT_EQ(graph.row(*graph.find("switch/a")).model, board.model);
}

TEST(Graph, RatesAndBoardsThatDifferAreAConflict) {
  GraphBuilder builder;
  core::NodeRow first, second;
  first.id = second.id = "switch/a";
  first.model = "0x02c9:0xd2f0 MT_0000000063";
  second.model = "0x02c9:0xd2f0 MT_0000000064";
  builder.add(first);
  builder.add(second);
  builder.add(cable("switch/a", "1", "switch/b", "1", 50e9));
  builder.add(cable("switch/a", "1", "switch/b", "1", 25e9));
  const auto graph = std::move(builder).seal();
  ASSERT_EQ(graph.remarks().size(), 2);
  EXPECT_THAT(graph.remarks()[0].observed, HasSubstr("MT_0000000063"));
  EXPECT_THAT(graph.remarks()[1].observed, HasSubstr("rate_Bps"));
}

TEST(Graph, OfTwoCablesInOnePortTheFirstStays) {
  GraphBuilder builder;
  EXPECT_EQ(builder.add(cable("host/a", "1", "switch/s", "1")), "");
  EXPECT_THAT(builder.add(cable("host/b", "1", "switch/s", "1")), HasSubstr("port switch/s:1 holds two cables"));
  EXPECT_EQ(builder.add(cable("switch/s", "1", "host/a", "1")), "");  // told twice
  const auto graph = std::move(builder).seal();
  EXPECT_EQ(graph.link_count(), 1);
  ASSERT_EQ(graph.remarks().size(), 1);
  EXPECT_THAT(graph.remarks()[0].observed, HasSubstr("host/b"));
}

TEST(Graph, NicsOfAHostStandInTheOrderOfTheirRails) {
  GraphBuilder builder;
  for (const auto& [name, rail] : {std::pair("x", 2), std::pair("y", 0), std::pair("z", 1)}) {
    core::NodeRow row;
    row.id = std::string("nic/n1/") + name;
    row.rail = rail;
    builder.add(row);
  }
  const auto graph = std::move(builder).seal();
  std::vector<std::string> names;
  for (const auto nic : graph.nics_of(*graph.find("host/n1"))) {
    names.emplace_back(graph.row(nic).name);
  }
  EXPECT_THAT(names, testing::ElementsAre("y", "z", "x"));
}

std::string error_of(const std::vector<core::LinkRow>& links) {
  GraphBuilder builder;
  try {
    for (const auto& link : links) {
      builder.add(link);
    }
  } catch (const core::Error& error) {
    return error.what();
  }
  return "";
}

TEST(Graph, ANicIsAlsoKnownByItsInterface) {
  const auto nic = [](const std::string& id, const std::string& name) {
    core::NodeRow row;
    row.id = id;
    row.name = name;
    return row;
  };
  GraphBuilder builder;
  builder.add(test::cable("nic/n1/eth0", "", "switch/s", "1"));
  builder.add(nic("nic/n1/eth0", "eth0"));
  builder.add(nic("nic/n1/mlx5_0", "mlx5_0 (eth0)"));
  builder.add(nic("nic/n1/mlx5_1", "mlx5_1 (eth1)"));
  builder.add(test::cable("nic/n1/eth1", "", "switch/s", "2"));
  builder.add(nic("nic/n1/mlx5_2", "mlx5_3 (eth2)"));  // not its own name: no second one
  builder.add(test::cable("nic/n1/eth2", "", "switch/s", "3"));
  const auto graph = std::move(builder).seal();
  EXPECT_EQ(graph.link_row(0).id, "nic/n1/mlx5_0--switch/s:1");
  EXPECT_EQ(graph.link_row(1).id, "nic/n1/mlx5_1--switch/s:2");
  EXPECT_EQ(graph.link_row(2).id, "nic/n1/eth2--switch/s:3");
  EXPECT_EQ(graph.row(*graph.find("nic/n1/mlx5_0")).name, "mlx5_0 (eth0)");
  EXPECT_EQ(graph.node_count(), 6U);  // with the host
  EXPECT_FALSE(graph.find("nic/n1/eth0"));
  EXPECT_EQ(graph.remarks().size(), 0U);
}

TEST(Graph, RefusesWhatCannotBe) {
  EXPECT_THAT(error_of({cable("router/a", "1", "switch/s", "1")}), HasSubstr("'router/a' is no node id"));
  EXPECT_THAT(error_of({cable("host/", "1", "switch/s", "1")}), HasSubstr("'host/' is no node id"));
  EXPECT_THAT(error_of({cable("switch/s", "1", "switch/s", "1")}), HasSubstr("to itself"));
  auto wire = cable("host/a", "1", "switch/s", "1");
  wire.kind = "wire\n";
  EXPECT_THAT(error_of({wire}), HasSubstr("'wire\\x0a' is no kind of link"));
}

}  // namespace
}  // namespace plumb::topology
