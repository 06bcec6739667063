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

constexpr auto* kTree = "fat-tree:hosts=64,leaf=8,spines=4";                 // 8 leaves
constexpr auto* kPods = "fat-tree:hosts=64,leaf=8,spines=4,pods=4,cores=4";  // 2 leaves a pod
constexpr auto* kRails = "rail:hosts=64,rails=8,leaf=16,spines=4";

Graph without(const Graph& graph, const std::vector<std::string>& cables) {
  return test::edited(graph, [&](const auto& link) { return std::ranges::count(cables, link.id) == 0; });
}

/// `from` is the id of a cable; its other end is now `to`.
Graph moved(const Graph& graph, const std::string& from, const std::string& to, const std::string& port) {
  return test::edited(graph, [&](auto& link) {
    if (link.id == from) {
      link.b = to;
      link.b_port = port;
    }
    return true;
  });
}

Graph with(const Graph& graph, const core::LinkRow& link) {
  GraphBuilder builder;
  for (const auto& row : graph.rows()) {
    builder.add(row);
  }
  for (const auto& row : graph.link_rows()) {
    builder.add(row);
  }
  builder.add(link);
  return std::move(builder).seal();
}

constexpr std::array<CheckFunction, 5> kAll{check_uplinks, check_oversubscription, check_hosts_a_leaf, check_tiers,
                                            check_islands};

TEST(Structure, HealthyFabricsAreSilent) {
  for (const auto* spec : {kTree, kPods, kRails, "fat-tree:hosts=8", "fat-tree:hosts=100,leaf=16,spines=8",
                           "rail:hosts=100,rails=4,leaf=16,spines=4,pods=3,cores=2"}) {
    for (const auto check : kAll) {
      EXPECT_THAT(faults(check, test::synthetic(spec)), IsEmpty()) << spec;
    }
  }
}

TEST(Structure, MapsWithoutCablesOrSwitchesHaveNoRows) {
  GraphBuilder nics, flat;
  core::NodeRow nic;
  nic.id = "nic/n1/mlx5_0";
  nics.add(nic);
  for (int host = 0; host < 8; ++host) {  // what hosts alone know: their own leaf
    flat.add(test::cable("nic/n" + std::to_string(host) + "/a", "1", "switch/leaf" + std::to_string(host / 4),
                         std::to_string(host)));
  }
  const auto no_cables = std::move(nics).seal(), no_trunks = std::move(flat).seal(), empty = GraphBuilder().seal();
  for (const auto check : kAll) {
    for (const auto* graph : {&no_cables, &no_trunks, &empty}) {
      EXPECT_THAT(faults(check, *graph), IsEmpty());
      EXPECT_THAT(test::passes(check, *graph), IsEmpty());
    }
  }
}

TEST(Uplinks, PulledCableNamesLeafAndSpine) {
  const auto graph = without(test::synthetic(kTree), {"switch/leaf3:10--switch/spine2:3"});
  EXPECT_THAT(faults(check_uplinks, graph), ElementsAre("fail uplinks switch/leaf3"));
  EXPECT_EQ(told(check_uplinks, graph), "3 cables up; none to switch/spine2 | 4, as 7 of 8 leaf switches");
  EXPECT_THAT(faults(check_oversubscription, graph), IsEmpty());  // it is told once
}

TEST(Uplinks, SpineThatLacksACore) {
  const auto graph = without(test::synthetic(kPods), {"switch/core2:1--switch/p1-spine2:3"});
  EXPECT_THAT(faults(check_uplinks, graph), ElementsAre("fail uplinks switch/p1-spine2"));
  EXPECT_THAT(told(check_uplinks, graph), HasSubstr("none to switch/core2"));
}

TEST(Uplinks, SmallRailsAreHeldAgainstEachOther) {
  const auto graph =
      without(test::synthetic("rail:hosts=32,rails=8,leaf=16,spines=4"), {"switch/r5-leaf2:20--switch/r5-spine4:2"});
  EXPECT_THAT(faults(check_uplinks, graph), ElementsAre("fail uplinks switch/r5-leaf2"));
  EXPECT_THAT(told(check_uplinks, graph), HasSubstr("none to switch/r5-spine4 |"));
}

TEST(Uplinks, HalfOfTheLeavesLackOne) {
  const auto graph = without(test::synthetic("fat-tree:hosts=32,leaf=8,spines=4"),
                             {"switch/leaf2:10--switch/spine2:2", "switch/leaf3:11--switch/spine3:3"});
  EXPECT_THAT(faults(check_uplinks, graph), ElementsAre("warn uplinks switch/leaf2", "warn uplinks switch/leaf3"));
}

TEST(Uplinks, TwoGenerationsOfLeavesAreADesign) {
  const auto graph = test::edited(test::synthetic(kTree), [](auto& link) {
    const bool is_old = link.a >= std::string_view("switch/leaf5") && link.a < std::string_view("switch/leaf9");
    return !is_old || link.b == "switch/spine1" || link.b == "switch/spine2";
  });
  EXPECT_THAT(faults(check_uplinks, graph), IsEmpty());
}

TEST(Symmetry, SpineThatLostMostOfItsCables) {
  const auto graph = test::edited(test::synthetic(kTree), [](auto& link) {
    return link.b != "switch/spine2" || link.a == "switch/leaf1" || link.a == "switch/leaf2";
  });
  EXPECT_THAT(faults(check_uplinks, graph), ElementsAre("fail symmetry switch/spine2"));
  EXPECT_EQ(told(check_uplinks, graph), "2 cables down | 8, as most spine switches");
}

/// As a dump tells it: no tiers, no pods.
Graph untold(const Graph& graph) {
  GraphBuilder builder;
  for (auto row : graph.rows()) {
    row.tier.reset();
    row.pod = "";
    builder.add(row);
  }
  for (const auto& row : graph.link_rows()) {
    builder.add(row);
  }
  return std::move(builder).seal();
}

TEST(Symmetry, SpineThatIsDeadOnEveryLeaf) {
  const auto graph = untold(test::edited(test::synthetic(kTree), [](auto& link) { return link.b != "switch/spine2"; }));
  EXPECT_THAT(faults(check_uplinks, graph), ElementsAre("warn symmetry switch/spine2"));
  EXPECT_EQ(told(check_uplinks, graph), "no cable | 8, as 3 of 4 that are called like it");
}

TEST(Symmetry, SpineThatOnlyReachesItsCores) {
  const auto graph = untold(test::edited(test::synthetic(kPods), [](auto& link) {
    return link.b != "switch/p3-spine2" || !link.a.starts_with("switch/p3-leaf");
  }));
  EXPECT_THAT(faults(check_uplinks, graph), testing::Contains("fail symmetry switch/p3-spine2"));
}

TEST(Symmetry, SpineWithFewerThanHalfOfTheCablesOfItsPod) {
  constexpr auto* wide = "fat-tree:hosts=128,leaf=8,spines=4,pods=4,cores=4";  // 4 leaves a pod
  const auto graph = untold(test::edited(test::synthetic(wide), [](auto& link) {
    return link.b != "switch/p3-spine2" || !link.a.starts_with("switch/p3-leaf") || link.a == "switch/p3-leaf1";
  }));
  EXPECT_THAT(faults(check_uplinks, graph), testing::Contains(HasSubstr("symmetry switch/p3-spine2")));
}

TEST(Symmetry, PodThatIsSmallerThanTheOthersIsADesign) {
  const auto is_built = [](std::string_view id) {
    return !id.starts_with("switch/p4-leaf") || id == "switch/p4-leaf1";
  };
  const auto whole = test::synthetic("fat-tree:hosts=128,leaf=8,spines=4,pods=4,cores=4");
  const auto graph = untold(test::edited(whole, [&](auto& link) { return is_built(link.a) && is_built(link.b); }));
  EXPECT_THAT(faults(check_uplinks, graph), testing::Not(testing::Contains(HasSubstr("p4-spine"))));
}

TEST(Uplinks, PartlyFilledLeafMayHaveBeenBuiltSo) {
  const auto graph = without(test::synthetic("fat-tree:hosts=34,leaf=8,spines=4"), {"switch/leaf5:9--switch/spine1:5"});
  EXPECT_THAT(faults(check_uplinks, graph), ElementsAre("warn uplinks switch/leaf5"));
}

TEST(Symmetry, CableInTheWrongSpine) {
  const auto graph = moved(test::synthetic(kTree), "switch/leaf3:10--switch/spine2:3", "switch/spine1", "20");
  EXPECT_THAT(faults(check_uplinks, graph), ElementsAre("fail symmetry switch/leaf3"));
  EXPECT_THAT(told(check_uplinks, graph), HasSubstr("2 to switch/spine1; none to switch/spine2"));
}

TEST(Symmetry, UnevenButAlikeIsADesign) {
  const auto graph = test::edited(test::synthetic("fat-tree:hosts=32,leaf=8,spines=5"), [](auto& link) {
    if (link.b == "switch/spine5") {  // five cables over four spines
      link.b = "switch/spine1";
      link.b_port = link.b_port == "1" ? "101" : link.b_port == "2" ? "102" : link.b_port == "3" ? "103" : "104";
    }
    return true;
  });
  EXPECT_THAT(faults(check_uplinks, graph), IsEmpty());
}

TEST(Oversubscription, TheRatioIsTold) {
  EXPECT_THAT(test::passes(check_oversubscription, test::synthetic(kTree)),
              ElementsAre("oversubscription: 2.00:1 on 8 leaves"));
  EXPECT_THAT(test::passes(check_oversubscription, test::synthetic("fat-tree:hosts=100,leaf=16,spines=8")),
              ElementsAre("oversubscription: 2.00:1 on 6 leaves, the others 0.50:1 to 2.00:1"));
}

TEST(Oversubscription, LeafWithMoreHostsOrSlowerCablesUp) {
  auto extra = test::cable("nic/guest/a", "1", "switch/leaf2", "40");
  const auto crowded = with(test::synthetic(kTree), extra);
  EXPECT_THAT(faults(check_oversubscription, crowded), ElementsAre("warn oversubscription switch/leaf2"));
  EXPECT_EQ(told(check_oversubscription, crowded),
            "2.25:1 (450 GB/s down, 200 GB/s up) | 2.00:1, as most of its peers");
  const auto slow = test::edited(test::synthetic(kTree), [](auto& link) {
    if (link.a == "switch/leaf4") {
      link.rate_Bps = 25e9;
    }
    return true;
  });
  EXPECT_THAT(faults(check_oversubscription, slow), ElementsAre("warn oversubscription switch/leaf4"));
}

TEST(Oversubscription, WithoutRatesCablesCount) {
  const auto graph = test::edited(test::synthetic(kTree), [](auto& link) {
    link.rate_Bps.reset();
    return true;
  });
  EXPECT_THAT(test::passes(check_oversubscription, graph), ElementsAre("oversubscription: 2.00:1 on 8 leaves"));
}

TEST(HostsALeaf, OneThatLacksAHost) {
  const auto graph = without(test::synthetic(kTree), {"nic/n00010/nic0:1--switch/leaf2:2"});
  EXPECT_THAT(faults(check_hosts_a_leaf, graph), ElementsAre("warn hosts_a_leaf switch/leaf2"));
  EXPECT_EQ(told(check_hosts_a_leaf, graph), "7 hosts | 8, as most of its peers");
}

TEST(HostsALeaf, WithSeveralNicsAHostRailsMissingTells) {
  const auto graph = without(test::synthetic(kRails), {"nic/n00010/nic0:1--switch/r0-leaf1:10"});
  EXPECT_THAT(faults(check_hosts_a_leaf, graph), IsEmpty());
}

TEST(Tiers, LeafToLeafAndSkippedTier) {
  const auto crossed = with(test::synthetic(kTree), test::cable("switch/leaf1", "40", "switch/leaf5", "40"));
  EXPECT_THAT(faults(check_tiers, crossed), ElementsAre("warn tier switch/leaf1:40--switch/leaf5:40"));
  EXPECT_EQ(told(check_tiers, crossed), "joins a leaf to a leaf | cables between switches lead one tier up");
  const auto skipping = with(test::synthetic(kPods), test::cable("switch/p1-leaf1", "40", "switch/core1", "40"));
  EXPECT_THAT(told(check_tiers, skipping), HasSubstr("joins a core to a leaf"));
}

TEST(Tiers, SwitchInTheWrongPlaceIsOneRow) {
  auto graph = with(test::synthetic(kTree), test::cable("switch/leaf1", "40", "switch/leaf5", "40"));
  graph = with(graph, test::cable("switch/leaf1", "41", "switch/leaf6", "40"));
  graph = with(graph, test::cable("switch/leaf1", "42", "switch/leaf7", "40"));
  const auto spare = test::synthetic("fat-tree:hosts=128,leaf=8,spines=4");  // so that few leaves have one
  EXPECT_THAT(faults(check_tiers, graph), IsEmpty());                        // half of them: built so
  graph = with(spare, test::cable("switch/leaf1", "40", "switch/leaf5", "40"));
  graph = with(graph, test::cable("switch/leaf1", "41", "switch/leaf6", "40"));
  graph = with(graph, test::cable("switch/leaf1", "42", "switch/leaf7", "40"));
  EXPECT_THAT(faults(check_tiers, graph), ElementsAre("warn tier switch/leaf1"));
}

TEST(Islands, LeafWithoutCablesUp) {
  const auto graph = test::edited(test::synthetic(kTree), [](auto& link) { return link.a != "switch/leaf3"; });
  EXPECT_THAT(faults(check_islands, graph), ElementsAre("fail islands switch/leaf3"));
  EXPECT_EQ(told(check_islands, graph),
            "8 hosts reach none of the other 56: n00017, n00018, n00019, n00020 and 4 more | every host reaches every "
            "other");
}

TEST(Islands, PodsCutOff) {
  const auto one =
      test::edited(test::synthetic(kPods), [](auto& link) { return !link.b.starts_with("switch/p3-spine"); });
  EXPECT_THAT(faults(check_islands, one), ElementsAre("fail islands switch/p3-leaf1", "fail islands switch/p3-leaf2"));
  const auto all = test::edited(test::synthetic(kPods), [](auto& link) { return !link.a.starts_with("switch/core"); });
  EXPECT_THAT(faults(check_islands, all), ElementsAre("warn islands "));
}

TEST(Islands, RailCutOffThoughHostsReachEachOtherOverTheOtherRails) {
  const auto graph = test::edited(test::synthetic(kRails), [](auto& link) { return link.a != "switch/r3-leaf2"; });
  EXPECT_THAT(faults(check_islands, graph), ElementsAre("fail islands switch/r3-leaf2"));
  EXPECT_THAT(told(check_islands, graph), HasSubstr("on rail 3, 16 NICs reach none of the other 48"));
}

}  // namespace
}  // namespace plumb::topology
