// Bundled ways are those that PathFinder finds one by one.
#include "topology/ways.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/topology/maps.h"

namespace plumb::topology {
namespace {

/// By cable and whether forward, and by node; bundles taken apart.
using Shares = std::map<std::string, float>;

void add_cable(const Graph& graph, LinkIndex link, bool forward, float share, Shares& shares) {
  const auto name = std::string(graph.link_row(link).id) + (forward ? " forward" : " back");
  EXPECT_TRUE(shares.emplace(name, share).second) << name << " stands twice";
}

void add_node(const Graph& graph, NodeIndex node, float share, Shares& shares) {
  EXPECT_TRUE(shares.emplace(std::string(graph.row(node).id), share).second) << graph.row(node).id << " stands twice";
}

Shares shares_of(const Graph& graph, const Way& way) {
  Shares shares;
  for (const auto& [link, forward, share] : way.cables) {
    add_cable(graph, link, forward, share, shares);
  }
  for (const auto& [node, share] : way.nodes) {
    add_node(graph, node, share, shares);
  }
  return shares;
}

Shares shares_of(const Graph& graph, const SharedWay& way, const Bundles& bundles) {
  auto shares = shares_of(graph, way);
  for (const auto& [bundle, forward, share] : way.bundles) {
    for (const auto member : bundles.members(bundle)) {
      bundles.has_cables(bundle) ? add_cable(graph, member, forward, share, shares)
                                 : add_node(graph, member, share, shares);
    }
  }
  return shares;
}

void expect_equal(const Shares& shares, const Shares& wanted, const std::string& pair) {
  constexpr float kRounding = 1e-4F, kBorder = PathFinder::kLeastShare * 1.001F;
  for (const auto& [name, share] : wanted) {
    const auto found = shares.find(name);
    if (share > kBorder) {
      ASSERT_TRUE(found != shares.end()) << pair << ": " << name;
    }
    if (found != shares.end()) {
      ASSERT_NEAR(found->second, share, kRounding) << pair << ": " << name;
    }
  }
  for (const auto& [name, share] : shares) {
    ASSERT_TRUE(share <= kBorder || wanted.contains(name)) << pair << ": " << name;
  }
}

/// Ways between random ends, hosts and NICs.
void expect_ways_of_path_finder(const Graph& graph, int pairs, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<NodeIndex> ends;
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    if (graph.kind(n) == NodeKind::host || graph.kind(n) == NodeKind::nic) {
      ends.push_back(n);
    }
  }
  PathFinder finder(graph);
  Ways ways(graph);
  for (int i = 0; i < pairs && !testing::Test::HasFatalFailure(); ++i) {
    const auto from = ends[random() % ends.size()], to = ends[random() % ends.size()];
    const auto wanted = finder.shortest(from, to);
    const auto& found = ways.shortest(from, to);
    const auto pair = std::string(graph.row(from).id) + " to " + std::string(graph.row(to).id);
    ASSERT_EQ(found.switches, wanted.switches) << pair;
    expect_equal(shares_of(graph, found, ways.bundles()), shares_of(graph, wanted), pair);
  }
}

Graph with_cables_missing(const std::string& spec, double share, std::uint32_t seed) {
  std::mt19937 random(seed);
  return test::edited(test::synthetic(spec),
                      [&](core::LinkView&) { return std::uniform_real_distribution<double>(0, 1)(random) >= share; });
}

class WaysOn : public testing::TestWithParam<const char*> {};

TEST_P(WaysOn, AWholeFabric) { expect_ways_of_path_finder(test::synthetic(GetParam()), 400, 1); }

TEST_P(WaysOn, AFabricThatLacksCables) {
  for (std::uint32_t seed = 1; seed <= 5; ++seed) {
    expect_ways_of_path_finder(with_cables_missing(GetParam(), 0.03 * seed, seed), 300, seed);
  }
}

INSTANTIATE_TEST_SUITE_P(Fabrics, WaysOn,
                         testing::Values("fat-tree:hosts=24,leaf=4,spines=3",
                                         "fat-tree:hosts=48,leaf=4,spines=3,pods=3,cores=2",
                                         "fat-tree:hosts=96,leaf=4,spines=16,pods=2,cores=16",
                                         "rail:hosts=16,rails=4,leaf=4,spines=2",
                                         "rail:hosts=32,rails=2,leaf=4,spines=3,pods=2,cores=2"));

/// A ring of eight switches, two cables between neighbours, three hosts on each; every switch is a class of its own.
TEST(Ways, ARingHasTwoWaysToTheFarSide) {
  GraphBuilder builder;
  for (int s = 0; s < 8; ++s) {
    const auto name = "switch/s" + std::to_string(s), next = "switch/s" + std::to_string((s + 1) % 8);
    builder.add(test::cable(name, "1", next, "3"));
    builder.add(test::cable(name, "2", next, "4"));
    for (int h = 0; h < 3; ++h) {
      builder.add(test::cable("nic/n" + std::to_string(3 * s + h) + "/a", "1", name, std::to_string(10 + h)));
    }
  }
  expect_ways_of_path_finder(std::move(builder).seal(), 300, 1);
}

/// Leaves that are joined directly, twins among them.
TEST(Ways, JoinedSwitchesUseTheirCables) {
  GraphBuilder builder;
  for (const auto* leaf : {"switch/a", "switch/b", "switch/c"}) {
    builder.add(test::cable(leaf, "1", "switch/hub", std::string(leaf) + "1"));
    builder.add(test::cable(leaf, "2", "switch/hub", std::string(leaf) + "2"));
    builder.add(test::cable("nic/h" + std::string(leaf).substr(7) + "/n", "1", leaf, "9"));
  }
  builder.add(test::cable("nic/hub/n", "1", "switch/hub", "9"));
  expect_ways_of_path_finder(std::move(builder).seal(), 100, 1);
}

TEST(Ways, NicsBackToBackAndDualPortedHosts) {
  GraphBuilder builder;
  builder.add(test::cable("nic/a/n", "1", "nic/b/n", "1"));
  builder.add(test::cable("nic/b/m", "1", "switch/l1", "1"));
  builder.add(test::cable("nic/b/m", "2", "switch/l2", "1"));
  builder.add(test::cable("nic/c/n", "1", "switch/l2", "2"));
  builder.add(test::cable("nic/c/n", "2", "switch/l1", "2"));
  builder.add(test::cable("host/d", "", "switch/l2", "3"));
  builder.add(test::cable("switch/l1", "5", "switch/l2", "5"));
  expect_ways_of_path_finder(std::move(builder).seal(), 200, 1);
}

TEST(Ways, SwitchesThatAreCabledAlikeShareTheirBundles) {
  const auto graph = test::synthetic("fat-tree:hosts=512,leaf=16,spines=8,pods=4,cores=8");
  Ways ways(graph);
  for (NodeIndex n = 1; n < graph.node_count(); ++n) {
    if (graph.kind(0) == NodeKind::nic && graph.kind(n) == NodeKind::nic) {
      const auto& way = ways.shortest(0, n);
      ASSERT_LE(way.bundles.size(), 7U);  // cables, spines, cables, cores and back
    }
  }
  EXPECT_LE(ways.bundles().size(), 32U + 4U + 4U + 1U);  // cables of each leaf, spines and cables of each pod, cores
}

/// What all ways from an end start with, and all ways to it end with.
TEST(Ways, TellWhatIsTheirEndsOwn) {
  const auto graph = test::synthetic("fat-tree:hosts=64,leaf=4,spines=3,pods=4,cores=2");
  Ways ways(graph);
  std::vector<NodeIndex> nics;
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    if (graph.kind(n) == NodeKind::nic) {
      nics.push_back(n);
    }
  }
  std::map<NodeIndex, std::vector<std::uint32_t>> at_source, at_destination;
  for (const auto from : nics) {
    for (const auto to : nics) {
      const auto& way = ways.shortest(from, to);
      if (way.switches < 5) {  // to another pod, all cables of a leaf lead on
        continue;
      }
      ASSERT_EQ(way.at_source.cables, 1U);
      ASSERT_EQ(way.at_destination.nodes, 1U);
      const std::vector<std::uint32_t> first{way.cables.front().link, way.nodes.front().node,
                                             way.bundles.front().bundle};
      const std::vector<std::uint32_t> last{way.cables.back().link, way.nodes.back().node, way.bundles.back().bundle};
      ASSERT_EQ(at_source.emplace(from, first).first->second, first);
      ASSERT_EQ(at_destination.emplace(to, last).first->second, last);
      EXPECT_EQ(way.at_source.bundles, 1U);
      EXPECT_EQ(way.at_destination.bundles, 1U);
    }
  }
  EXPECT_EQ(at_source.size(), nics.size());
}

}  // namespace
}  // namespace plumb::topology
