#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/topology/read_text.h"

namespace plumb::topology {
namespace {

using test::error_of;
using test::read_text;
using test::replaced;
using test::replaced_all;
using testing::HasSubstr;

std::string text() { return test::data_text("node/n05.hwloc.xml"); }

TEST(HwlocXml, TellsTheInsideOfAHost) {
  const auto graph = read_text("f.xml", text());
  EXPECT_TRUE(graph.remarks().empty());
  EXPECT_EQ(graph.row(*graph.find("host/n05")).model, "DGXH100");  // named by the file
  const auto& nic = graph.row(*graph.find("nic/n05/mlx5_1"));
  EXPECT_EQ(nic.rail, 0);
  EXPECT_EQ(nic.numa, 0);
  EXPECT_EQ(nic.name, "mlx5_1 (ib0)");
  EXPECT_EQ(nic.guid, "0xa088c20300000010");
  EXPECT_EQ(nic.state, "up");
  EXPECT_EQ(graph.row(*graph.find("nic/n05/mlx5_0")).state, "down");
  EXPECT_EQ(graph.row(*graph.find("nic/n05/mlx5_0")).numa, 1);
  EXPECT_EQ(graph.row(*graph.find("nic/n05/eno1")).rail, std::nullopt);
  EXPECT_EQ(graph.row(*graph.find("gpu/n05/1")).rail, 1);
  EXPECT_FALSE(graph.find("gpu/n05/2"));  // the screen of the management controller
  EXPECT_NEAR(graph.link_row(*graph.find_link("gpu/n05/0--host/n05")).rate_Bps.value(), 63.0e9, 0.1e9);
}

TEST(HwlocXml, AgreesWithNccl) {
  GraphBuilder builder;
  for (const std::string name : {"n05.hwloc.xml", "n05.nccl.xml"}) {
    const FileText file{name, test::data_text("node/" + name)};
    reader_of(file).read(file, builder);
  }
  const auto graph = std::move(builder).seal();
  for (const auto& remark : graph.remarks()) {
    ADD_FAILURE() << remark.subject << " " << remark.observed << ", not " << remark.expected;
  }
  EXPECT_EQ(graph.link_row(*graph.find_link("gpu/n05/0--host/n05")).width, "x16");  // which only NCCL tells
}

TEST(HwlocXml, AHostWithoutANameHasThatOfTheFile) {
  const auto unnamed = replaced(text(), "\"HostName\"", "\"Nobody\"");
  EXPECT_TRUE(read_text("/captured/n12.xml", unnamed).find("gpu/n12/0"));
}

TEST(HwlocXml, ReadsVersionOne) {
  const auto old = replaced_all(replaced(text(), " version=\"2.0\"", ""), "hwloc2.dtd", "hwloc.dtd");
  EXPECT_TRUE(read_text("f", replaced_all(old, "\"Package\"", "\"Socket\"")).find("gpu/n05/1"));
}

TEST(HwlocXml, ADeviceThatBelongsToSeveralNodesHasNone) {
  const auto graph =
      read_text("f", replaced_all(text(), " nodeset=\"0x00000002\"", " nodeset=\"0x00000001,0x00000001\""));
  EXPECT_EQ(graph.row(*graph.find("gpu/n05/0")).numa, 0);
  EXPECT_EQ(graph.row(*graph.find("gpu/n05/1")).numa, std::nullopt);
  const auto far = read_text("f", replaced_all(text(), " nodeset=\"0x00000002\"", " nodeset=\"0x00000008,,0x0\""));
  EXPECT_EQ(far.row(*far.find("gpu/n05/1")).numa, 67);
}

TEST(HwlocXml, BrokenFilesNameTheirLine) {
  EXPECT_THAT(error_of("f", text().substr(0, text().size() / 2)), HasSubstr("expected well-formed XML"));
  EXPECT_THAT(error_of("f", replaced(text(), "version=\"2.0\"", "version=\"3.0\"")),
              HasSubstr("f:3:2: expected version 1 or 2 of hwloc's XML, not '3.0'"));
  EXPECT_THAT(error_of("f", replaced(text(), "0302 [10de:2330]", "0302 10de")), HasSubstr("expected pci_type as"));
  EXPECT_THAT(error_of("f", replaced(text(), "0000:00:1f.0", "<n05>")), HasSubstr("expected"));
  EXPECT_THAT(error_of("f", replaced(text(), "type=\"Package\"", "")), HasSubstr("f:13:6: expected a type"));
  EXPECT_THAT(error_of("f", "<topology version=\"2.0\"></topology>"), HasSubstr("f:1:2: expected <object type="));
}

}  // namespace
}  // namespace plumb::topology
