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

std::string text() { return test::data_text("node/n05.nccl.xml"); }

TEST(NcclXml, TellsTheInsideOfAHost) {
  const auto graph = read_text("/tmp/n05.nccl.xml", text());
  EXPECT_TRUE(graph.remarks().empty());
  const auto& nic = graph.row(*graph.find("nic/n05/mlx5_1"));
  EXPECT_EQ(nic.rail, 0);  // by the bus, not by the name
  EXPECT_EQ(nic.numa, 0);
  EXPECT_EQ(nic.pci, "0000:19:00.0");
  EXPECT_EQ(nic.model, "0x15b3:0x1021");
  EXPECT_EQ(nic.rate_Bps, 50e9);
  EXPECT_EQ(nic.guid, "");
  const auto& gpu = graph.row(*graph.find("gpu/n05/1"));
  EXPECT_EQ(gpu.pci, "0000:9b:00.0");
  EXPECT_EQ(gpu.rail, 1);
  EXPECT_EQ(gpu.numa, 1);
  const auto& pcie = graph.link_row(*graph.find_link("gpu/n05/1--host/n05"));
  EXPECT_EQ(pcie.width, "x16");
  EXPECT_EQ(pcie.speed, "32 GT/s");
  EXPECT_NEAR(pcie.rate_Bps.value(), 63.0e9, 0.1e9);
}

TEST(NcclXml, NvlinksLeadToSwitchesAndGpus) {
  const auto graph = read_text("n05.xml", text());
  const auto direct = graph.find_link("gpu/n05/0--gpu/n05/1"), switched = graph.find_link("gpu/n05/1--nvswitch/n05/0");
  ASSERT_TRUE(direct && switched);
  EXPECT_EQ(graph.link_row(*direct).width, "x2");  // told by both GPUs
  EXPECT_EQ(graph.link_row(*switched).width, "x8");
  EXPECT_EQ(graph.link_row(*switched).kind, "nvlink");
  EXPECT_EQ(graph.row(*graph.find("nvswitch/n05/1")).pci, "0000:06:00.0");
}

TEST(NcclXml, NvlinksThatTheTwoGpusTellDifferentlyAreAConflict) {
  const auto graph = read_text("n05.xml", replaced(text(), "0000:9b:00.0\" count=\"2\"", "0000:9b:00.0\" count=\"1\""));
  ASSERT_EQ(graph.remarks().size(), 1);
  EXPECT_THAT(graph.remarks()[0].observed, HasSubstr("width is x1"));
}

TEST(NcclXml, HiddenSwitchesAreOneFabric) {
  const auto graph = read_text("n05.xml", replaced_all(text(), "0000:05:00.0", "fffffff:ff:ff.0"));
  EXPECT_TRUE(graph.find_link("gpu/n05/0--nvswitch/n05/fabric"));
  EXPECT_TRUE(graph.find_link("gpu/n05/0--nvswitch/n05/0"));
}

TEST(NcclXml, ANicOutsideOfPciStandsOnceAndMakesNoRail) {
  const auto graph = read_text("n05.xml", text());
  const auto& nic = graph.row(*graph.find("nic/n05/eth0"));
  EXPECT_EQ(nic.rail, std::nullopt);
  EXPECT_EQ(nic.numa, std::nullopt);
  EXPECT_EQ(nic.rate_Bps, 1.25e9);
}

TEST(NcclXml, HostsAreThoseOfTheFile) {
  EXPECT_TRUE(read_text("/tmp/nccl.n7.xml", text()).find("host/n7"));
  GraphBuilder builder;
  const FileText named{"topo.xml", text(), "n9"};
  reader_of(named).read(named, builder);
  EXPECT_TRUE(std::move(builder).seal().find("gpu/n9/0"));
  const auto second =
      replaced(text(), "<cpu host_hash=\"0x16fe256e956b115c\" numaid=\"1\"", "<cpu host_hash=\"0x2\" numaid=\"0\"");
  const auto graph = read_text("rack.xml", replaced_all(second, "0000:05:00.0", "fffffff:ff:ff.0"));
  EXPECT_TRUE(graph.find("gpu/rack-0x2/0"));
  EXPECT_TRUE(graph.find("gpu/rack-0x16fe256e956b115c/0"));
  EXPECT_TRUE(graph.find_link("gpu/rack-0x2/0--nvswitch/rack/fabric"));  // one for both
}

TEST(NcclXml, ReadsFilesThatCloudsGive) {
  const auto graph =
      read_text("vm.xml",
                "<!-- eight of these -->\n<system version=\"1\">\n<cpu numaid=\"-1\">\n"
                "<pci busid=\"ffff:ff:01.0\" class=\"0x060400\" link_speed=\"16 GT/s\" link_width=\"16\">\n"
                "<pci busid=\"0001:00:00.0\" class=\"0x030200\" link_speed=\"16\" link_width=\"16\"/>\n"
                "<pci busid=\"0002:00:00.0\" class=\"0x030200\" link_speed=\"\" link_width=\"0\"/>\n"
                "</pci>\n</cpu>\n</system>\n");
  EXPECT_EQ(graph.link_row(*graph.find_link("gpu/vm/0--host/vm")).speed, "16 GT/s");
  EXPECT_TRUE(graph.find("gpu/vm/1"));
  EXPECT_FALSE(graph.find_link("gpu/vm/1--host/vm"));
  EXPECT_EQ(graph.row(*graph.find("gpu/vm/0")).numa, std::nullopt);
}

TEST(NcclXml, BrokenFilesNameTheirLine) {
  EXPECT_THAT(error_of("f", replaced(text(), "</gpu>", "")),
              HasSubstr("f:10:9: expected well-formed XML: Start-end tags"));
  EXPECT_THAT(error_of("f", replaced(text(), "count=\"8\"", "count=\"many\"")),
              HasSubstr("f:6:12: expected a count of links, not 'many'"));
  EXPECT_THAT(error_of("f", replaced(text(), "busid=\"0000:18:00.0\"", "busid=\"\"")),
              HasSubstr("f:4:8: expected busid as \"0000:17:00.0\", not ''"));
  EXPECT_THAT(error_of("f", "<system version=\"1\"/>"), HasSubstr("f:1:2: expected <cpu numaid="));
  std::string deep = "<system>";
  for (int i = 0; i < 1000; ++i) {
    deep += "<cpu>";
  }
  for (int i = 0; i < 1000; ++i) {
    deep += "</cpu>";
  }
  EXPECT_THAT(error_of("f", deep + "</system>"), HasSubstr("nested less than"));
}

}  // namespace
}  // namespace plumb::topology
