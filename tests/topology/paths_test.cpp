#include "topology/paths.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "core/error.h"
#include "tests/topology/maps.h"

namespace plumb::topology {
namespace {

Way way(const Graph& graph, const std::string& from, const std::string& to) {
  PathFinder finder(graph);
  return finder.shortest(graph.find(from).value(), graph.find(to).value());
}

float share_of(const Graph& graph, const Way& way, const std::string& node) {
  for (const auto& [index, share] : way.nodes) {
    if (graph.row(index).id == node) {
      return share;
    }
  }
  return 0;
}

TEST(Paths, OneLeafBetweenItsHosts) {
  const auto graph = test::synthetic("fat-tree:hosts=8,leaf=4,spines=2");
  const auto w = way(graph, "nic/n00001/nic0", "nic/n00004/nic0");
  EXPECT_EQ(w.switches, 1U);
  ASSERT_EQ(w.cables.size(), 2U);
  EXPECT_EQ(graph.link_row(w.cables[0].link).id, "nic/n00001/nic0:1--switch/leaf1:1");
  EXPECT_TRUE(w.cables[0].forward);
  EXPECT_FALSE(w.cables[1].forward);
  EXPECT_EQ(share_of(graph, w, "switch/leaf1"), 1);
}

TEST(Paths, SpinesShareEvenly) {
  const auto graph = test::synthetic("fat-tree:hosts=8,leaf=4,spines=4");
  const auto w = way(graph, "host/n00001", "host/n00005");  // hosts begin at their NICs
  EXPECT_EQ(w.switches, 3U);
  EXPECT_EQ(w.cables.size(), 2U + 2 * 4);
  for (const auto* spine : {"switch/spine1", "switch/spine2", "switch/spine3", "switch/spine4"}) {
    EXPECT_EQ(share_of(graph, w, spine), 0.25F);
  }
  EXPECT_EQ(share_of(graph, w, "nic/n00001/nic0"), 1);
  EXPECT_EQ(share_of(graph, w, "nic/n00005/nic0"), 1);
}

TEST(Paths, ThreeTiersAndBackAreTheSameCables) {
  const auto graph = test::synthetic("fat-tree:hosts=16,leaf=4,spines=2,pods=2,cores=2");
  const auto there = way(graph, "nic/n00001/nic0", "nic/n00016/nic0");
  const auto back = way(graph, "nic/n00016/nic0", "nic/n00001/nic0");
  EXPECT_EQ(there.switches, 5U);
  std::map<LinkIndex, std::pair<bool, float>> cables;
  float sum = 0;
  for (const auto& [link, forward, share] : there.cables) {
    cables[link] = {forward, share};
    sum += share;
  }
  EXPECT_NEAR(sum, 6, 1e-5);  // each of six hops carries everything
  ASSERT_EQ(back.cables.size(), there.cables.size());
  for (const auto& [link, forward, share] : back.cables) {
    EXPECT_EQ(cables.at(link), std::pair(!forward, share));
  }
}

TEST(Paths, RailsDoNotMeet) {
  const auto graph = test::synthetic("rail:hosts=8,rails=2,leaf=4,spines=2");
  EXPECT_TRUE(way(graph, "nic/n00001/nic0", "nic/n00008/nic1").cables.empty());
  const auto w = way(graph, "host/n00001", "host/n00002");  // by either rail
  EXPECT_EQ(share_of(graph, w, "nic/n00001/nic0"), 0.5F);
  EXPECT_EQ(share_of(graph, w, "switch/r1-leaf1"), 0.5F);
}

TEST(Paths, HostsAndTheirNicsDoNotForward) {
  GraphBuilder builder;  // the dual-ported NIC of b joins the two leaves, but forwards nothing
  builder.add(test::cable("nic/a/n", "1", "switch/l1", "1"));
  builder.add(test::cable("nic/b/n", "1", "switch/l1", "2"));
  builder.add(test::cable("nic/b/n", "2", "switch/l2", "1"));
  builder.add(test::cable("nic/c/n", "1", "switch/l2", "2"));
  const auto graph = std::move(builder).seal();
  EXPECT_TRUE(way(graph, "nic/a/n", "nic/c/n").cables.empty());
  EXPECT_EQ(way(graph, "nic/a/n", "nic/b/n").cables.size(), 2U);
  EXPECT_EQ(way(graph, "host/a", "host/b").cables.size(), 2U);
}

TEST(Paths, TinySharesAreLeftOut) {
  const auto graph = test::synthetic("fat-tree:hosts=16,leaf=4,spines=16,pods=2,cores=16");
  const auto w = way(graph, "nic/n00001/nic0", "nic/n00016/nic0");
  EXPECT_EQ(w.switches, 5U);
  EXPECT_EQ(w.cables.size(), 2U + 2 * 16);  // a core carries one part in 256
}

TEST(Paths, ARouteIsFollowedExactly) {
  const auto graph = test::synthetic("fat-tree:hosts=8,leaf=4,spines=2");
  const std::vector<LinkIndex> cables{
      *graph.find_link("nic/n00001/nic0:1--switch/leaf1:1"), *graph.find_link("switch/leaf1:6--switch/spine2:1"),
      *graph.find_link("switch/leaf2:6--switch/spine2:2"), *graph.find_link("nic/n00005/nic0:1--switch/leaf2:1")};
  const PathFinder finder(graph);
  const auto w = finder.along(*graph.find("host/n00001"), cables);
  EXPECT_EQ(w.switches, 3U);
  ASSERT_EQ(w.cables.size(), 4U);
  EXPECT_TRUE(w.cables[1].forward);
  EXPECT_FALSE(w.cables[2].forward);
  EXPECT_EQ(share_of(graph, w, "switch/spine2"), 1);
  EXPECT_EQ(share_of(graph, w, "switch/spine1"), 0);
  const std::vector<LinkIndex> broken{cables[0], cables[2]};
  EXPECT_THROW((void)finder.along(*graph.find("host/n00001"), broken), core::Error);
}

// Else the NIC at the far end would be touched twice: as an end, and on the way.
TEST(Paths, AnExactRouteFromNicToNicHasNoEndBetween) {
  const auto graph = test::synthetic("fat-tree:hosts=8,leaf=4,spines=2");
  PathFinder finder(graph);
  const auto src = *graph.find("nic/n00001/nic0"), dst = *graph.find("nic/n00008/nic0");
  const std::vector<LinkIndex> cables{
      *graph.find_link("nic/n00001/nic0:1--switch/leaf1:1"), *graph.find_link("switch/leaf1:5--switch/spine1:1"),
      *graph.find_link("switch/leaf2:5--switch/spine1:2"), *graph.find_link("nic/n00008/nic0:1--switch/leaf2:4")};
  const auto way = finder.along(src, cables);
  EXPECT_EQ(way.nodes.size(), finder.shortest(src, dst).nodes.size() - 1);  // one spine, not half of two
  for (const auto& touched : way.nodes) {
    EXPECT_NE(touched.node, dst);
  }
}

}  // namespace
}  // namespace plumb::topology
