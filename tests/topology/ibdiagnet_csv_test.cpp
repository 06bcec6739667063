#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/topology/read_text.h"

namespace plumb::topology {
namespace {

using test::error_of;
using test::read_text;
using test::replaced;
using testing::HasSubstr;

std::string text() { return test::data_text("fabric/ibdiagnet2.db_csv"); }

/// The values of a counter, by port.
std::map<std::string, core::Integer> counter(const Graph& graph, const std::string& name) {
  std::map<std::string, core::Integer> values;
  for (const auto& row : graph.port_rows()) {
    if (row.counter == name) {
      values[std::string(row.node) + ":" + std::string(row.port)] = row.value.value_or(-1);
    }
  }
  return values;
}

TEST(IbdiagnetCsv, TellsTheFabric) {
  const auto graph = read_text("f", text());
  EXPECT_EQ(graph.link_count(), 10);
  EXPECT_EQ(graph.node_count(), 3 + 5 + 3);
  EXPECT_TRUE(graph.remarks().empty());
  const auto& leaf = graph.row(*graph.find("switch/MF0;leaf002_MQM9700_U1"));
  EXPECT_EQ(leaf.guid, "0xfc6a1c0300a10002");
  EXPECT_EQ(leaf.firmware, "31.2012.1068");
  EXPECT_EQ(leaf.model, "0x02c9:0xd2f2 MT_0000000063");
  EXPECT_EQ(leaf.serial, "MT2244X00001");
  EXPECT_EQ(graph.row(*graph.find("nic/node01/mlx5_0")).firmware, "28.39.1002");
}

TEST(IbdiagnetCsv, CablesKnowWhatTheirPortsAreSetTo) {
  const auto graph = read_text("f", text());
  const auto& degraded = graph.link_row(*graph.find_link("nic/node02/mlx5_1:1--switch/MF0;leaf002_MQM9700_U1:2"));
  EXPECT_EQ(degraded.width, "4x");
  EXPECT_EQ(degraded.speed, "HDR");
  EXPECT_EQ(degraded.max_width, "4x");
  EXPECT_EQ(degraded.max_speed, "NDR");
  EXPECT_EQ(degraded.rate_Bps, 25e9);
  EXPECT_EQ(degraded.state, "active");
  const auto& narrow = graph.link_row(*graph.find_link("nic/node03/HCA-1:1--switch/leaf001:3"));
  EXPECT_EQ(narrow.width, "2x");
}

TEST(IbdiagnetCsv, ReadsCounters) {
  const auto graph = read_text("f", text());
  const std::string bad = "switch/MF0;leaf002_MQM9700_U1:2", good = "switch/leaf001:1", unknown = "switch/leaf001:61";
  EXPECT_EQ(counter(graph, "link_downed_ext")[bad],
            300);  // the longer of two columns: the other stands at its end, 255
  EXPECT_EQ(counter(graph, "symbol_error")[bad], 12);
  EXPECT_EQ(counter(graph, "port_xmit_discards")[bad], 7);
  EXPECT_EQ(counter(graph, "symbol_error")[good], 0);
  EXPECT_EQ(counter(graph, "port_xmit_discards").count(unknown), 0);  // N/A
  EXPECT_EQ(counter(graph, "port_xmit_data_ext_bytes")[good], 4 * 5678901234);
  EXPECT_EQ(graph.port_rows()[0].phase, "before");
}

TEST(IbdiagnetCsv, AMissingLinkIsSeenFromBothItsPorts) {
  const auto graph = read_text("f", replaced(text(), "0xfc6a1c0300a10001,62,0xfc6a1c0300a10009,2\n", ""));
  ASSERT_EQ(graph.remarks().size(), 2);
  EXPECT_EQ(graph.remarks()[0].subject, "switch/leaf001:62");
  EXPECT_EQ(graph.remarks()[1].subject, "switch/spine001:2");
  EXPECT_EQ(graph.remarks()[0].status, "absent");
}

TEST(IbdiagnetCsv, NeedsOnlyNodesAndLinks) {
  const auto graph = read_text("f",
                               "START_NODES\nNodeGUID,NodeType,NodeDesc\n"
                               "0x1,2,\"rack 3, leaf\"\n0x2,1,n1 mlx5_0\nEND_NODES\n"
                               "START_LINKS\nNodeGuid1,PortNum1,NodeGuid2,PortNum2\n0x1,3,0x2,1\nEND_LINKS\n");
  EXPECT_TRUE(graph.find_link("nic/n1/mlx5_0:1--switch/rack_3,_leaf:3"));
}

TEST(IbdiagnetCsv, BrokenFilesNameTheirLine) {
  EXPECT_THAT(error_of("f", replaced(text(), "END_NODES", "")), HasSubstr(": expected 'END_NODES'"));
  EXPECT_THAT(error_of("f", replaced(text(), "\"leaf001\",65,", "leaf,001,65,")),
              HasSubstr("f:7: expected 13 cells, as in the header of NODES, found 14"));
  EXPECT_THAT(error_of("f", replaced(text(), "\"leaf001\"", "\"leaf001")), HasSubstr("f:7: expected"));
  EXPECT_THAT(error_of("f", replaced(text(), "\"leaf001\",65,2", "\"leaf001\",65,9")),
              HasSubstr("f:7: expected NodeType 1 (adapter), 2 (switch) or 3 (router), found 9"));
  EXPECT_THAT(error_of("f", replaced(text(), "NodeDesc", "Name")), HasSubstr("f:6: expected a column NodeDesc"));
  EXPECT_THAT(error_of("f", replaced(text(), "0xfc6a1c0300a10001,0x", "0xfc6a1c0300a1000g,0x")),
              HasSubstr("f:7: expected a number as SystemImageGUID, found '0xfc6a1c0300a1000g'"));
  EXPECT_THAT(error_of("f", replaced(text(), "START_LINKS", "START_LINES")), HasSubstr("expected 'END_LINES'"));
  const auto links = text().find("START_LINKS"), after = text().find("START_SWITCHES");
  EXPECT_THAT(error_of("f", text().erase(links, after - links)), HasSubstr("f: expected a section START_LINKS"));
  EXPECT_THAT(error_of("f", text().substr(0, text().size() - 30)), HasSubstr("'END_CABLE_INFO'"));
  EXPECT_THAT(error_of("f", replaced(text(), "0xfc6a1c0300a10001,62,0xfc6a1c0300a10009,2\n", "0x1,1,0x1,1\n")),
              HasSubstr("from a port to itself"));
}

}  // namespace
}  // namespace plumb::topology
