#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/topology/read_text.h"

namespace plumb::topology {
namespace {

using test::error_of;
using test::replaced;
using testing::HasSubstr;

std::string lines() { return test::data_text("fabric/iblinkinfo-l.txt"); }
std::string blocks() { return test::data_text("fabric/iblinkinfo.txt"); }

core::LinkView link_of(const Graph& graph, const std::string& id) {
  const auto link = graph.find_link(id);
  EXPECT_TRUE(link) << id;
  return link ? graph.link_row(*link) : core::LinkView();
}

class Iblinkinfo : public testing::TestWithParam<bool> {
 protected:
  static std::string text() { return GetParam() ? blocks() : lines(); }
};
INSTANTIATE_TEST_SUITE_P(BothForms, Iblinkinfo, testing::Bool());

TEST_P(Iblinkinfo, TellsTheFabric) {
  const auto graph = test::read_text("f", text());
  EXPECT_EQ(graph.link_count(), 10);  // a cable is told from both ends; those of SHARP nodes are none
  EXPECT_EQ(graph.node_count(), 3 + 5 + 3);
  EXPECT_TRUE(graph.remarks().empty());
  const auto link = link_of(graph, "nic/node02/mlx5_1:1--switch/MF0;leaf002_MQM9700_U1:2");
  EXPECT_EQ(link.width, "4x");
  EXPECT_EQ(link.speed, "HDR");  // what it could be is no fault of the cable and not told
  EXPECT_EQ(link.max_speed, "");
  EXPECT_EQ(link.rate_Bps, 25e9);
  EXPECT_EQ(link.state, "active");
  EXPECT_EQ(link_of(graph, "nic/node03/HCA-1:1--switch/leaf001:3").width, "2x");
}

TEST_P(Iblinkinfo, PortsOfOneAdapterAreOneNic) {
  const auto graph = test::read_text("f", text());
  EXPECT_TRUE(graph.find_link("nic/node03/HCA-1:2--switch/MF0;leaf002_MQM9700_U1:3"));
  EXPECT_EQ(graph.row(*graph.find("nic/node03/HCA-1")).guid, "");  // the file has GUIDs of ports
  EXPECT_EQ(graph.row(*graph.find("switch/leaf001")).guid, "0xfc6a1c0300a10001");
}

TEST_P(Iblinkinfo, AnActivePortWithoutAPeerMakesTheMapIncomplete) {
  const auto graph = test::read_text("f", replaced(text(), "4    5[  ] ==(                Down/ Polling)",
                                                   "4    5[  ] ==( 4X            106.25 Gbps Active/  LinkUp)"));
  ASSERT_EQ(graph.remarks().size(), 1);
  EXPECT_EQ(graph.remarks()[0].subject, "switch/spine001:5");
  EXPECT_EQ(graph.remarks()[0].status, "absent");
}

TEST(IblinkinfoLines, TwoAdaptersOfOneNameAreTold) {
  const auto graph = test::read_text("f", replaced(replaced(lines(), "node01 mlx5_1", "node01 mlx5_0"),  //
                                                   "node01 mlx5_1", "node01 mlx5_0"));
  ASSERT_EQ(graph.remarks().size(), 1);
  EXPECT_EQ(graph.remarks()[0].check, "duplicate_name");
}

TEST(IblinkinfoLines, ReadsWhatOptionsAdd) {
  const auto text =
      replaced(lines(), "106.25 Gbps Active/  LinkUp)==>", "10.0 Gbps (FDR10) Active/  LinkUp) (HOQ:0 VL_Stall:7)==>");
  const auto graph = test::read_text("f", text);
  EXPECT_EQ(link_of(graph, "nic/node03/HCA-1:1--switch/leaf001:3").speed, "FDR10");
}

TEST(IblinkinfoLines, AListingOfAdaptersOnlyTellsTheirSwitches) {
  std::string adapters;
  for (std::string rest = lines(); !rest.empty(); rest = rest.substr(rest.find('\n') + 1)) {
    adapters += rest.starts_with("0xa088") ? rest.substr(0, rest.find('\n') + 1) : "";
  }
  const auto graph = test::read_text("f", adapters);
  EXPECT_EQ(graph.link_count(), 6);
  EXPECT_TRUE(graph.find("switch/leaf001"));
}

TEST(IblinkinfoLines, BrokenFilesNameTheirLine) {
  EXPECT_THAT(error_of("f", replaced(lines(), "==>  0xfc6a1c0300a10002", "=>  0xfc6a1c0300a10002")),
              HasSubstr("f:2: expected 'LID PORT[ ] ==("));
  EXPECT_THAT(error_of("f", replaced(lines(), "14    1[", "14    [")), HasSubstr("f:1: expected 'LID PORT[' before"));
  EXPECT_THAT(error_of("f", replaced(lines(), "2    3[  ] \"leaf001\"", "3[  ] \"leaf001\"")),
              HasSubstr("f:1: expected 'LID PORT[' after"));
  EXPECT_THAT(error_of("f", replaced(lines(), "Active/", "Activ/")), "");  // words may be cut
  EXPECT_THAT(error_of("f", replaced(lines(), "Active/", "Happy/")), HasSubstr("f:1: expected a state as in"));
  EXPECT_THAT(error_of("f", lines() + "Segmentation fault\n"), HasSubstr("f:26: expected"));
  EXPECT_THAT(error_of("f", lines().substr(0, lines().size() / 2)), HasSubstr("expected"));
}

TEST(IblinkinfoBlocks, BrokenFilesNameTheirLine) {
  EXPECT_THAT(error_of("f", replaced(blocks(), "Switch: 0xfc6a1c0300a10002 ", "Switch: ")),
              HasSubstr("f:5: expected a GUID"));
  EXPECT_THAT(error_of("f", blocks().substr(0, blocks().find("Switch: 0xfc6a1c0300a10001"))),
              HasSubstr("'leaf001' with LID 2 has no block of its own; use iblinkinfo -l"));
  EXPECT_THAT(error_of("f", replaced(blocks(), "4    1[  ] \"spine001\"", "2   61[  ] \"leaf001\"")),
              HasSubstr("this one is its own"));
}

}  // namespace
}  // namespace plumb::topology
