#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/topology/maps.h"
#include "topology/checks.h"

namespace plumb::topology {
namespace {

using test::faults;
using test::told;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto* kVictim = "nic/n00003/nic0";

/// 16 hosts at 4x HDR, as InfiniBand tells it; `edit` changes the cable of the victim.
template <class Edit>
Graph fabric(Edit&& edit) {
  return test::edited(test::synthetic("fat-tree:hosts=16,leaf=4,gbits=200"), [&](auto& link) {
    link.width = link.max_width = "4x";
    link.speed = link.max_speed = "HDR";
    link.state = "Active";
    if (link.a == kVictim) {
      edit(link);
    }
    return true;
  });
}

TEST(LinkSpeed, HealthyIsOnePassRow) {
  const auto graph = fabric([](auto&) {});
  EXPECT_THAT(faults(check_link_speed, graph), IsEmpty());
  EXPECT_THAT(test::passes(check_link_speed, graph), ElementsAre("link_speed: 32 links"));
  EXPECT_THAT(test::passes(check_pcie_speed, graph), IsEmpty());
}

TEST(LinkSpeed, NarrowLinkIsOneRowThoughItIsSlowerThanItsPeersToo) {
  const auto graph = fabric([](auto& link) {
    link.width = "1x";
    link.rate_Bps = 6.25e9;
  });
  EXPECT_THAT(faults(check_link_speed, graph), ElementsAre("fail link_width nic/n00003/nic0:1--switch/leaf1:3"));
  EXPECT_EQ(told(check_link_speed, graph), "runs at 1x HDR | 4x, as both ends are set to");
}

TEST(LinkSpeed, SlowLaneIsTold) {
  const auto graph = fabric([](auto& link) { link.speed = "EDR"; });
  EXPECT_THAT(faults(check_link_speed, graph), ElementsAre(HasSubstr("fail link_speed nic/n00003/nic0:1")));
}

TEST(LinkSpeed, FasterThanItsSettingsOrSettingsNotKnownIsNoFault) {
  EXPECT_THAT(faults(check_link_speed, fabric([](auto& link) { link.max_width = "1x"; })), IsEmpty());
  EXPECT_THAT(faults(check_link_speed, fabric([](auto& link) { link.max_width = link.max_speed = ""; })), IsEmpty());
  EXPECT_THAT(faults(check_link_speed, fabric([](auto& link) { link.speed = "fast"; })), IsEmpty());
}

TEST(LinkSpeed, BothEndsSetToLessIsSeenByItsPeers) {
  const auto graph = fabric([](auto& link) {
    link.width = link.max_width = "1x";
    link.rate_Bps = 6.25e9;
  });
  EXPECT_THAT(faults(check_link_speed, graph), ElementsAre(HasSubstr("warn link_slower_than_peers nic/n00003/nic0")));
  EXPECT_EQ(told(check_link_speed, graph), "runs at 50 Gb/s | 200 Gb/s, as 15 others between nic and leaf");
}

TEST(LinkSpeed, PeersAreOfOneClassAndModel) {
  const auto slow_trunks = test::edited(test::synthetic("fat-tree:hosts=16,leaf=4"), [](auto& link) {
    link.rate_Bps = link.a.starts_with("switch/") ? 25e9 : 50e9;
    return true;
  });
  EXPECT_THAT(faults(check_link_speed, slow_trunks), IsEmpty());
  GraphBuilder builder;
  for (int i = 0; i < 8; ++i) {
    core::NodeRow nic;
    nic.id = "nic/n" + std::to_string(i) + "/a";
    nic.model = i < 6 ? "CX7" : "CX6";
    builder.add(nic);
    builder.add(test::cable(nic.id, "1", "switch/s", std::to_string(i), i < 6 ? 50e9 : 25e9));
  }
  EXPECT_THAT(faults(check_link_speed, std::move(builder).seal()), IsEmpty());
}

TEST(LinkSpeed, NoClearMajorityNoJudgement) {
  int number = 0;
  const auto mixed = test::edited(test::synthetic("fat-tree:hosts=16,leaf=4"), [&](auto& link) {
    link.rate_Bps = ++number % 2 == 0 ? 25e9 : 50e9;
    return true;
  });
  EXPECT_THAT(faults(check_link_speed, mixed), IsEmpty());
}

TEST(LinkSpeed, LinkThatIsNotActive) {
  for (const auto* state : {"Down", "Init", "Initialize/ LinkUp", "Armed", "Polling"}) {
    const auto graph = fabric([&](auto& link) { link.state = state; });
    EXPECT_THAT(faults(check_link_speed, graph), ElementsAre(HasSubstr("warn link_state nic/n00003"))) << state;
  }
  for (const auto* state : {"", "Active/ LinkUp", "up", "something new"}) {
    EXPECT_THAT(faults(check_link_speed, fabric([&](auto& link) { link.state = state; })), IsEmpty()) << state;
  }
}

core::LinkRow slot(const std::string& device, const std::string& width, const std::string& speed) {
  core::LinkRow row;
  row.kind = "pcie";
  row.a = "host/n1";
  row.b = device;
  row.width = width;
  row.speed = speed;
  row.max_width = "x16";
  row.max_speed = "32 GT/s";
  return row;
}

Graph host_with(const core::LinkRow& link) {
  GraphBuilder builder;
  builder.add(slot("nic/n1/mlx5_9", "x16", "32.0 GT/s"));
  builder.add(link);
  return std::move(builder).seal();
}

TEST(PcieSpeed, NarrowAndSlowSlots) {
  EXPECT_THAT(faults(check_pcie_speed, host_with(slot("nic/n1/mlx5_0", "x16", "32 GT/s"))), IsEmpty());
  EXPECT_THAT(faults(check_pcie_speed, host_with(slot("nic/n1/mlx5_0", "x8", "32 GT/s"))),
              ElementsAre("fail pcie_width host/n1--nic/n1/mlx5_0"));
  EXPECT_THAT(faults(check_pcie_speed, host_with(slot("nic/n1/mlx5_0", "x16", "16.0 GT/s"))),
              ElementsAre("fail pcie_speed host/n1--nic/n1/mlx5_0"));
}

TEST(PcieSpeed, GpuAtRestIsNoFaultButDeadLanesAre) {
  EXPECT_THAT(faults(check_pcie_speed, host_with(slot("gpu/n1/0", "x16", "2.5 GT/s"))), IsEmpty());
  EXPECT_THAT(faults(check_pcie_speed, host_with(slot("gpu/n1/0", "x8", "32 GT/s"))),
              ElementsAre("fail pcie_width gpu/n1/0--host/n1"));
}

/// Eight GPUs, one of them at another speed than the others.
Graph host_with_odd_gpu(const std::string& usual, double usual_Bps, const std::string& odd, double odd_Bps) {
  GraphBuilder builder;
  for (int i = 0; i < 8; ++i) {
    core::NodeRow gpu;
    gpu.id = "gpu/n1/" + std::to_string(i);
    gpu.model = "H200";
    builder.add(gpu);
    auto link = slot(gpu.id, "x16", i == 5 ? odd : usual);
    link.rate_Bps = i == 5 ? odd_Bps : usual_Bps;
    builder.add(link);
  }
  return std::move(builder).seal();
}

TEST(PcieSpeed, GpuThatStaysSlowWhileTheOthersWork) {
  EXPECT_THAT(faults(check_pcie_speed, host_with_odd_gpu("32 GT/s", 63e9, "8 GT/s", 15.75e9)),
              ElementsAre("warn pcie_slower_than_peers gpu/n1/5--host/n1"));
}

TEST(PcieSpeed, GpuThatRestsWhileTheOthersWorkAndTheOtherWayRound) {
  EXPECT_THAT(faults(check_pcie_speed, host_with_odd_gpu("32 GT/s", 63e9, "2.5 GT/s PCIe", 3.94e9)), IsEmpty());
  EXPECT_THAT(faults(check_pcie_speed, host_with_odd_gpu("2.5 GT/s PCIe", 3.94e9, "32 GT/s", 63e9)), IsEmpty());
}

}  // namespace
}  // namespace plumb::topology
