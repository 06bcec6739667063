#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/topology/maps.h"
#include "topology/exporter.h"

namespace plumb::topology {
namespace {

using testing::HasSubstr;

std::string nccl(const Graph& graph, const std::string& host = "") {
  return exporter_of("nccl").text(graph, {.host = host});
}

core::NodeRow part(const std::string& id, const std::string& pci, core::MaybeInteger numa = std::nullopt) {
  core::NodeRow row;
  row.id = id;
  row.pci = pci;
  row.numa = numa;
  return row;
}

core::LinkRow inside(const std::string& kind, const std::string& a, const std::string& b, const std::string& width,
                     const std::string& speed = "") {
  core::LinkRow row;
  row.kind = kind;
  row.a = a;
  row.b = b;
  row.width = width;
  row.speed = speed;
  return row;
}

std::string error_of(const Graph& graph, const std::string& host = "") {
  try {
    nccl(graph, host);
  } catch (const core::Error& error) {
    return error.what();
  }
  return "";
}

/// Two GPUs on an NVSwitch, a NIC on the other socket.
GraphBuilder server() {
  GraphBuilder builder;
  builder.add(part("gpu/n1/0", "0000:17:00.0", 0));
  builder.add(part("gpu/n1/1", "0000:18:00.0", 0));
  builder.add(part("nvswitch/n1/0", "0000:07:00.0"));
  builder.add(inside("pcie", "host/n1", "gpu/n1/0", "x16", "32 GT/s"));
  builder.add(inside("nvlink", "gpu/n1/0", "nvswitch/n1/0", "x18"));
  builder.add(inside("nvlink", "gpu/n1/0", "gpu/n1/1", ""));
  auto nic = part("nic/n1/mlx5_0", "0000:9a:00.0", 1);
  nic.rail = 3;
  nic.guid = "0c42:a103:0012:3456";
  nic.rate_Bps = 50e9;
  builder.add(std::move(nic));
  builder.add(test::cable("nic/n1/mlx5_0", "1", "switch/leaf", "7"));
  builder.add(inside("pcie", "host/n1", "nic/n1/mlx5_0", "x8", "2.5 GT/s"));
  return builder;
}

TEST(Nccl, HasWhatTheMapKnowsInTheWordsThatNcclReads) {
  EXPECT_EQ(
      nccl(std::move(server()).seal()),
      "<!-- without PCIe switches, which the map does not have: not for NCCL_TOPO_FILE where GPUs and NICs share one "
      "-->\n"
      "<system version=\"1\" name=\"n1\">\n"
      "  <cpu numaid=\"0\">\n"
      "    <pci busid=\"0000:17:00.0\" class=\"0x03\" link_speed=\"32.0 GT/s PCIe\" link_width=\"16\">\n"
      "      <gpu dev=\"0\">\n"
      "        <nvlink target=\"0000:07:00.0\" tclass=\"0x068000\" count=\"18\"/>\n"
      "        <nvlink target=\"0000:18:00.0\" tclass=\"0x03\" count=\"1\"/>\n"
      "      </gpu>\n"
      "    </pci>\n"
      "    <pci busid=\"0000:18:00.0\" class=\"0x03\">\n"
      "      <gpu dev=\"1\">\n"
      "        <nvlink target=\"0000:17:00.0\" tclass=\"0x03\" count=\"1\"/>\n"
      "      </gpu>\n"
      "    </pci>\n"
      "  </cpu>\n"
      "  <cpu numaid=\"1\">\n"
      "    <pci busid=\"0000:9a:00.0\" class=\"0x02\" link_speed=\"2.5 GT/s PCIe\" link_width=\"8\">\n"
      "      <nic>\n"
      "        <net name=\"mlx5_0\" dev=\"3\" speed=\"400000\" port=\"1\" guid=\"0x0c42a10300123456\"/>\n"
      "      </nic>\n"
      "    </pci>\n"
      "  </cpu>\n"
      "</system>\n");
}

TEST(Nccl, PortsOfOneCardAreOneDeviceAndVirtualNicsHaveNone) {
  GraphBuilder builder;
  builder.add(part("nic/n1/mlx5_0", "0000:9a:00.0"));
  builder.add(part("nic/n1/mlx5_1", "0000:9a:00.0"));
  builder.add(part("nic/n1/bond0", ""));
  EXPECT_THAT(nccl(std::move(builder).seal()),
              HasSubstr("  <cpu numaid=\"-1\">\n"
                        "    <nic>\n      <net name=\"bond0\"/>\n    </nic>\n"
                        "    <pci busid=\"0000:9a:00.0\" class=\"0x02\">\n"
                        "      <nic>\n        <net name=\"mlx5_0\"/>\n        <net name=\"mlx5_1\"/>\n      </nic>\n"
                        "    </pci>\n"));
}

TEST(Nccl, TellsOfOneHost) {
  auto builder = server();
  builder.add(part("gpu/n2/0", "0000:17:00.0"));
  const auto graph = std::move(builder).seal();
  EXPECT_EQ(nccl(graph, "n1"), nccl(std::move(server()).seal()));
  EXPECT_THAT(nccl(graph, "n2"), HasSubstr("  <cpu numaid=\"-1\">\n"));
  EXPECT_EQ(error_of(graph), "the map has 2 hosts: choose one with --host NAME");
  EXPECT_EQ(error_of(graph, "n3"), "--host n3: the map has no such host");
  EXPECT_THROW(nccl(graph), core::UsageError);
}

TEST(Nccl, AGpuWithoutAnAddressIsAnError) {
  EXPECT_THAT(error_of(test::synthetic("rail:hosts=1,rails=2,leaf=1,spines=1")),
              HasSubstr("gpu/n00001/0 has no PCI address in the map"));
  EXPECT_THAT(error_of(test::synthetic("fat-tree:hosts=1,leaf=1,spines=1")),
              HasSubstr("the map has no GPU and no PCI device of host n00001"));
}

}  // namespace
}  // namespace plumb::topology
