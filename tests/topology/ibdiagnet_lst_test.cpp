#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/topology/read_text.h"

namespace plumb::topology {
namespace {

using test::error_of;
using test::read_text;
using test::replaced;
using testing::HasSubstr;

std::string text() { return test::data_text("fabric/ibdiagnet2.lst"); }

TEST(IbdiagnetLst, TellsTheFabric) {
  const auto graph = read_text("f", text());
  EXPECT_EQ(graph.link_count(), 10);
  EXPECT_EQ(graph.node_count(), 3 + 5 + 3);
  EXPECT_TRUE(graph.remarks().empty());
  const auto degraded = graph.find_link("nic/node02/mlx5_1:1--switch/MF0;leaf002_MQM9700_U1:2");
  ASSERT_TRUE(degraded);
  EXPECT_EQ(graph.link_row(*degraded).rate_Bps, 25e9);
  EXPECT_EQ(graph.link_row(*degraded).speed, "HDR");
  EXPECT_EQ(graph.link_row(*degraded).state, "active");
  EXPECT_EQ(graph.row(*graph.find("switch/leaf001")).model, "0x02c9:0xd2f2");
  EXPECT_EQ(graph.row(*graph.find("nic/node01/mlx5_0")).guid, "0xa088c20300000010");
}

TEST(IbdiagnetLst, PortsAreHexadecimal) {
  EXPECT_THAT(text(), HasSubstr("LID:0002 PN:3d }"));
  const auto graph = read_text("f", text());
  EXPECT_TRUE(graph.find_link("switch/leaf001:61--switch/spine001:1"));
}

TEST(IbdiagnetLst, NamesMayHoldBracesOrBeMissing) {
  EXPECT_TRUE(read_text("f", replaced(text(), "{leaf001}", "{lea} {f001}}")).find("switch/lea}_{f001}"));
  EXPECT_TRUE(read_text("f", replaced(text(), "{leaf001} LID", "LID")).find("switch/0xfc6a1c0300a10001"));
}

TEST(IbdiagnetLst, OneGuidWithTwoNamesIsTold) {
  const auto graph = read_text("f", replaced(text(), "{leaf001}", "{leaf009}"));
  ASSERT_EQ(graph.remarks().size(), 1);
  EXPECT_EQ(graph.remarks()[0].check, "duplicate_guid");
}

TEST(IbdiagnetLst, BrokenFilesNameTheirLine) {
  EXPECT_THAT(error_of("f", replaced(text(), "{ CA", "{ XX")), HasSubstr("f:1: expected CA, SW or RT, not 'XX'"));
  EXPECT_THAT(error_of("f", replaced(text(), "LID:000a", "LID:")), HasSubstr("f:1: expected a hexadecimal number"));
  EXPECT_THAT(error_of("f", replaced(text(), "PN:01 }", "PN:01")), HasSubstr("f:1: expected '}' at"));
  EXPECT_THAT(error_of("f", replaced(text(), "PHY=4x ", "")), HasSubstr("f:1: expected 'PHY=' at 'LOG=ACT"));
  EXPECT_THAT(error_of("f", replaced(text(), "VenID:000002c9", "VenID:1234567890")), HasSubstr("f:1: expected less"));
  EXPECT_THAT(error_of("f", replaced(text(), "NodeGUID:fc6a1c0300a10001", "NodeGUID:0")),
              HasSubstr("f:1: expected a NodeG"));
  EXPECT_THAT(error_of("f", text().substr(0, text().size() - 40)), HasSubstr("f:11: expected"));
  EXPECT_THAT(error_of("f", replaced(text(), "} { CA", "}\n{ CA")), HasSubstr("f:1: expected '{ CA"));
}

}  // namespace
}  // namespace plumb::topology
