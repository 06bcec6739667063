#include "topology/ib_repair.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <infiniband/mad.h>

#include <map>
#include <set>

#include "tests/topology/ib_wire.h"

namespace plumb::topology {
namespace {

using namespace std::chrono_literals;
using test::after;
using testing::IsEmpty;
using testing::SizeIs;

// Two leaves, each with two hosts, and two cables between them. Port 4 of each leaf is empty.

constexpr std::uint64_t kLeaf = 0x100, kHost = 0x200;

struct Fabric : test::Wire {
  struct Device {
    std::string description;
    bool is_switch = false;
    unsigned ports = 1;
  };
  using End = std::pair<std::uint64_t, unsigned>;

  Fabric() {
    for (unsigned leaf = 0; leaf < 2; ++leaf) {
      devices[kLeaf + leaf] = {"leaf" + std::to_string(leaf), true, 5};
      for (unsigned port = 1; port <= 2; ++port) {
        const auto host = kHost + 2UL * leaf + port - 1;
        devices[host] = {"n" + std::to_string(2 * leaf + port) + " mlx5_0"};
        connect({kLeaf + leaf, port}, {host, 1});
      }
    }
    connect({kLeaf, 3}, {kLeaf + 1, 3});
    connect({kLeaf, 5}, {kLeaf + 1, 5});
  }

  void connect(End a, End b) {
    cables[a] = b;
    cables[b] = a;
  }

  std::optional<MadData> answer(const MadRequest& request) override {
    End at{kHost, 1};  // we look from the first host
    for (unsigned hop = 1; hop <= request.route.hops; ++hop) {
      const auto next = cables.find({at.first, request.route.ports[hop]});
      if (next == cables.end()) {
        return std::nullopt;
      }
      at = next->second;
    }
    MadData data{};
    const auto& device = devices.at(at.first);
    if (!request.is_directed || dead.contains(at.first)) {
      return std::nullopt;
    }
    if (request.attribute == IB_ATTR_NODE_DESC) {
      std::ranges::copy(device.description, data.begin());
    } else if (request.attribute == IB_ATTR_NODE_INFO) {
      mad_set_field64(data.data(), 0, IB_NODE_GUID_F, at.first);
      mad_set_field(data.data(), 0, IB_NODE_TYPE_F, device.is_switch ? IB_NODE_SWITCH : IB_NODE_CA);
      mad_set_field(data.data(), 0, IB_NODE_NPORTS_F, device.ports);
      mad_set_field(data.data(), 0, IB_NODE_LOCAL_PORT_F, at.second);
    } else {
      tell_port({at.first, request.modifier}, data);
    }
    return data;
  }

  void tell_port(End port, MadData& data) const {
    const bool is_up = cables.contains(port);
    const bool is_narrow = port == narrow;
    mad_set_field(data.data(), 0, IB_PORT_STATE_F, is_up ? 4 : 1);
    mad_set_field(data.data(), 0, IB_PORT_PHYS_STATE_F, is_up ? 5 : 2);
    mad_set_field(data.data(), 0, IB_PORT_LID_F, static_cast<std::uint32_t>(port.first));
    mad_set_field(data.data(), 0, IB_PORT_LINK_WIDTH_ACTIVE_F, 2);
    mad_set_field(data.data(), 0, IB_PORT_LINK_WIDTH_ENABLED_F, is_narrow ? 1 : 3);
    mad_set_field(data.data(), 0, IB_PORT_LINK_SPEED_ACTIVE_F, 4);
    mad_set_field(data.data(), 0, IB_PORT_LINK_SPEED_ENABLED_F, 7);
    mad_set_field(data.data(), 0, IB_PORT_LINK_SPEED_EXT_ACTIVE_F, 4);
    mad_set_field(data.data(), 0, IB_PORT_LINK_SPEED_EXT_ENABLED_F, is_narrow ? 30 : 7);
  }

  /// What a first pass tells that hears of the first host only.
  static IbScan first_answer() {
    IbScan scan;
    scan.nodes.push_back({.guid = kHost, .ports = 1});
    scan.ports.push_back({.guid = kHost, .port = 1, .asked = true});
    return scan;
  }

  std::map<std::uint64_t, Device> devices;
  std::map<End, End> cables;
  std::set<std::uint64_t> dead;
  End narrow{};
};

IbSurvey survey(Fabric& fabric) {
  IbSurvey survey;
  survey.add(Fabric::first_answer());
  repair(survey, fabric, after(20s));
  return survey;
}

TEST(Repair, FindsTheWholeFabricFromOneAnswer) {
  Fabric fabric;
  const auto found = survey(fabric);
  EXPECT_THAT(found.gaps(), IsEmpty());
  const auto told = found.fabric();
  ASSERT_THAT(told.nodes, SizeIs(6));
  EXPECT_EQ(told.nodes[0].description, "leaf0");
  EXPECT_EQ(told.nodes[5].description, "n4 mlx5_0");
  ASSERT_THAT(told.links, SizeIs(6));
  for (const auto& link : told.links) {
    EXPECT_NE(link.b, 0U);
    EXPECT_EQ(link.width, "4x");
    EXPECT_EQ(link.speed, "HDR");
    EXPECT_EQ(link.max_width, "4x");
    EXPECT_EQ(link.max_speed, "HDR");
    EXPECT_EQ(link.state, "active");
  }
  EXPECT_THAT(found.ports_with_link(), SizeIs(12));
}

TEST(Repair, LossesChangeNothing) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    Fabric fabric;
    fabric.loss = 0.4;
    fabric.random.seed(seed);
    const auto found = survey(fabric);
    EXPECT_THAT(found.gaps(), IsEmpty()) << seed;
    EXPECT_THAT(found.fabric().links, SizeIs(6)) << seed;
  }
}

TEST(Repair, WhatStaysSilentIsAGap) {
  Fabric fabric;
  fabric.dead = {kHost + 3};
  const auto found = survey(fabric);
  const auto gaps = found.gaps();
  ASSERT_THAT(gaps, SizeIs(1));
  EXPECT_EQ(gaps[0].guid, kLeaf + 1);
  EXPECT_EQ(gaps[0].port, 2U);
  EXPECT_EQ(gaps[0].what, IbGap::What::peer);
  const auto links = found.fabric().links;
  EXPECT_EQ(std::ranges::count(links, 0U, &IbLink::b), 1);
}

TEST(Repair, EndsWhenNothingAnswers) {
  Fabric fabric;
  fabric.silent = true;
  IbSurvey found;
  found.add(Fabric::first_answer());
  repair(found, fabric, after(100ms));
  EXPECT_THAT(found.gaps(), SizeIs(2));  // its description and its port
}

TEST(Survey, TheMostOfALinkIsWhatBothEndsAreSetTo) {
  Fabric fabric;
  fabric.narrow = {kLeaf + 1, 3};
  const auto links = survey(fabric).fabric().links;
  const auto narrow =
      std::ranges::find_if(links, [](const IbLink& link) { return link.a_port == 3 && link.b_port == 3; });
  ASSERT_NE(narrow, links.end());
  EXPECT_EQ(narrow->max_width, "1x");
  EXPECT_EQ(narrow->max_speed, "QDR");
}

TEST(Survey, EveryLostAnswerIsAGap) {
  Fabric fabric;
  auto whole = survey(fabric).all();
  const auto gaps_without = [&](auto&& lose) {
    auto scan = whole;
    lose(scan);
    IbSurvey survey;
    survey.add(scan);
    return survey.gaps();
  };
  for (std::size_t i = 0; i < whole.nodes.size(); ++i) {
    EXPECT_THAT(gaps_without([&](IbScan& scan) { scan.nodes[i].description = {}; }), SizeIs(1)) << i;
  }
  for (std::size_t i = 0; i < whole.ports.size(); ++i) {
    const bool was_asked = whole.ports[i].asked;
    EXPECT_THAT(gaps_without([&](IbScan& scan) { scan.ports[i].told = false; }), SizeIs(was_asked ? 1 : 0)) << i;
    if (whole.ports[i].peer != 0) {
      EXPECT_THAT(gaps_without([&](IbScan& scan) { scan.ports[i].peer = 0; }), SizeIs(2)) << i;  // of both ends
    }
  }
}

TEST(Survey, ACableThatMovedWhileWeLookedIsAskedAgain) {
  Fabric fabric;
  IbSurvey found = survey(fabric);
  fabric.cables.erase({kLeaf, 5});
  fabric.connect({kLeaf, 4}, {kLeaf + 1, 5});
  IbScan moved;
  moved.ports.push_back({.guid = kLeaf, .port = 5, .asked = true, .told = true, .state = 1, .physical_state = 2});
  moved.ports.push_back({.guid = kLeaf, .port = 4, .asked = true, .told = true, .state = 4, .physical_state = 5});
  found.add(moved);
  EXPECT_THAT(found.gaps(), SizeIs(2));
  repair(found, fabric, after(20s));
  EXPECT_THAT(found.gaps(), IsEmpty());
  const auto links = found.fabric().links;
  EXPECT_EQ(std::ranges::count_if(links, [](const IbLink& link) { return link.a_port == 4 && link.b_port == 5; }), 1);
  EXPECT_THAT(links, SizeIs(6));
}

}  // namespace
}  // namespace plumb::topology
