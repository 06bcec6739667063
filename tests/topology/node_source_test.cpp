// A made-up machine: two sockets, on each a PCIe switch with a GPU and an RDMA NIC, and a plain NIC on the first.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/core/temporary_dir.h"
#include "tests/topology/maps.h"
#include "topology/checks.h"
#include "topology/nvml.h"
#include "topology/source.h"

namespace plumb::topology {
namespace {

class FakeMachine {
 public:
  FakeMachine() {
    file("sys/devices/system/cpu/online", "0-1");
    file("sys/devices/system/cpu/possible", "0-1");
    file("proc/cpuinfo", "processor\t: 0\n\nprocessor\t: 1\n");
    for (int socket = 0; socket < 2; ++socket) {
      add_socket(socket);
    }
    device("0000:00/0000:00:1f.0", "0x020000", "0x8086", 0, "igb");
    file(last_ + "/net/eno1/operstate", "up");
    file(last_ + "/net/eno1/speed", "1000");
    publish("net", "eno1");
  }

  [[nodiscard]] Graph map(const std::string& nvml = "absent") const {
    GraphBuilder builder;
    node_source({.root = dir_.path().string(), .nvml = nvml, .host = "n05"})->add_to(builder);
    return std::move(builder).seal();
  }

 private:
  void add_socket(int socket) {
    const std::string n = std::to_string(socket), cpu = "sys/devices/system/cpu/cpu" + n,
                      node = "sys/devices/system/node";
    file(cpu + "/topology/core_cpus", socket == 0 ? "1" : "2");
    file(cpu + "/topology/thread_siblings", socket == 0 ? "1" : "2");
    file(cpu + "/topology/core_id", "0");
    file(cpu + "/topology/physical_package_id", n);
    file(cpu + "/topology/package_cpus", socket == 0 ? "1" : "2");
    file(cpu + "/topology/core_siblings", socket == 0 ? "1" : "2");
    file(node + "/online", "0-1");
    file(node + "/node" + n + "/cpumap", socket == 0 ? "1" : "2");
    file(node + "/node" + n + "/meminfo", "Node " + n + " MemTotal: 1024 kB");
    const std::string bus = socket == 0 ? "17" : "9a";
    const auto bridge = "0000:" + bus + "/0000:" + bus + ":00.0";
    device(bridge + "/0000:" + (socket == 0 ? "18" : "9b") + ":00.0", "0x030200", "0x10de", socket, "nvidia");
    file(last_ + "/current_link_width", "8");
    file(last_ + "/current_link_speed", "32.0 GT/s PCIe");
    file(last_ + "/max_link_width", "16");
    file(last_ + "/max_link_speed", "64.0 GT/s PCIe");
    file(last_ + "/../max_link_width", socket == 0 ? "16" : "8");  // the second slot has eight lanes
    file(last_ + "/../max_link_speed", "32.0 GT/s PCIe");
    device(bridge + "/0000:" + (socket == 0 ? "19" : "9c") + ":00.0", "0x020700", "0x15b3", socket, "mlx5_core");
    const auto name = "mlx5_" + std::to_string(1 - socket);  // names against the order of the bus
    file(last_ + "/infiniband/" + name + "/node_guid", "a088:c203:0012:345" + n);
    file(last_ + "/infiniband/" + name + "/ports/1/state", socket == 0 ? "4: ACTIVE" : "1: DOWN");
    file(last_ + "/infiniband/" + name + "/ports/1/rate", "400 Gb/sec (4X NDR)");
    publish("infiniband", name);
  }

  void file(const std::string& path, const std::string& content) {
    std::filesystem::create_directories((dir_.path() / path).parent_path());
    std::ofstream(dir_.path() / path) << content << "\n";
  }

  /// `where`: "0000:17/0000:17:00.0/…", below its host bridge.
  void device(const std::string& where, const std::string& pci_class, const std::string& vendor, int numa,
              const std::string& driver) {
    last_ = "sys/devices/pci" + where;
    const auto address = last_.substr(last_.rfind('/') + 1);
    file(last_ + "/class", pci_class);
    file(last_ + "/vendor", vendor);
    file(last_ + "/device", "0x1021");
    file(last_ + "/numa_node", std::to_string(numa));
    file(last_ + "/local_cpus", numa == 0 ? "1" : "2");
    const auto bus = dir_.path() / "sys/bus/pci";
    std::filesystem::create_directories(bus / "devices");
    std::filesystem::create_directories(bus / "drivers" / driver);
    std::filesystem::create_symlink("../../../" + last_.substr(4), bus / "devices" / address);
    std::filesystem::create_symlink(bus / "drivers" / driver, dir_.path() / last_ / "driver");
  }

  void publish(const std::string& device_class, const std::string& name) {
    const auto classes = dir_.path() / "sys/class" / device_class;
    std::filesystem::create_directories(classes);
    std::filesystem::create_symlink("../../" + last_.substr(4) + "/" + device_class + "/" + name, classes / name);
    const auto at = dir_.path() / last_ / device_class / name;
    std::filesystem::create_symlink("../../../" + last_.substr(last_.rfind('/') + 1), at / "device");
  }

  test::TemporaryDir dir_;
  std::string last_;
};

TEST(Node, RailsFollowTheBusNotTheNames) {
  const auto graph = FakeMachine().map();
  const auto first = graph.find("nic/n05/mlx5_1"), second = graph.find("nic/n05/mlx5_0"),
             plain = graph.find("nic/n05/eno1");
  ASSERT_TRUE(first && second && plain);
  EXPECT_EQ(graph.row(*first).rail, 0);
  EXPECT_EQ(graph.row(*second).rail, 1);
  EXPECT_EQ(graph.row(*plain).rail, std::nullopt);  // where RDMA NICs are, others make no rail
  EXPECT_EQ(graph.row(*first).numa, 0);
  EXPECT_EQ(graph.row(*second).numa, 1);
  EXPECT_EQ(graph.row(*first).driver, "mlx5_core");
  EXPECT_EQ(graph.row(*first).guid, "0xa088c20300123450");
}

TEST(Node, RatesAndStatesAreThoseOfThePorts) {
  const auto graph = FakeMachine().map();
  EXPECT_EQ(graph.row(*graph.find("nic/n05/mlx5_1")).rate_Bps, 50e9);
  EXPECT_EQ(graph.row(*graph.find("nic/n05/mlx5_1")).state, "up");
  EXPECT_EQ(graph.row(*graph.find("nic/n05/mlx5_0")).rate_Bps, std::nullopt);
  EXPECT_EQ(graph.row(*graph.find("nic/n05/mlx5_0")).state, "down");
  EXPECT_EQ(graph.row(*graph.find("nic/n05/eno1")).rate_Bps, 125e6);
}

TEST(Node, ASlotThatTrainsTooFewLanesIsToldAndASmallSlotIsNot) {
  const auto graph = FakeMachine().map();
  const auto& link = graph.link_row(*graph.find_link("gpu/n05/0--host/n05"));
  EXPECT_EQ(link.max_width, "x16");
  EXPECT_EQ(link.max_speed, "32 GT/s");
  EXPECT_THAT(test::faults(check_pcie_speed, graph), testing::ElementsAre("fail pcie_width gpu/n05/0--host/n05"));
}

TEST(Node, GpusAndTheirLinksAreAsNvmlTellsThem) {
  const auto graph = FakeMachine().map(PLUMB_FAKE_NVML);
  const auto& gpu = graph.row(*graph.find("gpu/n05/1"));
  EXPECT_EQ(gpu.model, "Made-up GPU");
  EXPECT_EQ(gpu.serial, "S1");
  EXPECT_EQ(gpu.firmware, "");  // this library tells no VBIOS
  std::vector<std::string> links;
  for (LinkIndex i = 0; i < graph.link_count(); ++i) {
    if (graph.link(i).kind == LinkKind::nvlink) {
      links.emplace_back(graph.link_row(i).id);
    }
  }
  // Two between the GPUs, each told by both; one of each to a switch; one is down.
  EXPECT_THAT(links, testing::UnorderedElementsAre("gpu/n05/0:0--gpu/n05/1:2", "gpu/n05/0:1--gpu/n05/1:3",
                                                   "gpu/n05/0:4--nvswitch/n05/0000:c0:00.0",
                                                   "gpu/n05/1:4--nvswitch/n05/0000:c0:00.0"));
}

TEST(Node, TheNvlinkFabricOfAGpuIsItsClique) {
  const auto graph = FakeMachine().map(PLUMB_FAKE_NVML);
  EXPECT_EQ(graph.row(*graph.find("gpu/n05/0")).state, "clique a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf/7");
  EXPECT_EQ(graph.row(*graph.find("gpu/n05/1")).state, "");
  ASSERT_EQ(graph.remarks().size(), 1U);
  EXPECT_EQ(graph.remarks()[0].subject, "gpu/n05/1");
  EXPECT_EQ(graph.remarks()[0].check, "nvlink_fabric");
  EXPECT_EQ(graph.remarks()[0].observed, "is still joining its NVLink fabric");
}

TEST(Nvml, AbsenceHasAReason) {
  EXPECT_EQ(read_nvml("libno-such.so.1").why_absent, "libno-such.so.1 not found");
  EXPECT_EQ(read_nvml("libm.so.6").why_absent, "nvmlInit_v2 not found");
}

TEST(Node, AGpuBelongsToTheNearestNic) {
  const auto graph = FakeMachine().map();
  const auto gpu0 = graph.find("gpu/n05/0"), gpu1 = graph.find("gpu/n05/1");
  ASSERT_TRUE(gpu0 && gpu1);
  EXPECT_EQ(graph.row(*gpu0).rail, 0);
  EXPECT_EQ(graph.row(*gpu1).rail, 1);
  const auto pcie = graph.find_link("gpu/n05/0--host/n05");
  ASSERT_TRUE(pcie);
  EXPECT_EQ(graph.link_row(*pcie).width, "x8");
  EXPECT_NEAR(graph.link_row(*pcie).rate_Bps.value(), 31.5e9, 0.1e9);
}

}  // namespace
}  // namespace plumb::topology
