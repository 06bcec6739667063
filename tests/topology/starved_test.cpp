#include "topology/starved.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/topology/maps.h"

namespace plumb::topology {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto* kWide = "fat-tree:hosts=128,leaf=8,spines=4,pods=4,cores=4";  // 4 leaves a pod

/// "switch/p3-spine2: 1 of 4" for each that is found.
std::vector<std::string> starved(const Graph& graph) {
  std::vector<std::string> texts;
  for (const auto& one : starved_switches(graph, FabricShape(graph))) {
    texts.push_back(std::string(graph.row(one.node).id) + ": " + std::to_string(one.cables) + " of " +
                    std::to_string(one.usual) + (one.to ? "" : ", no cable"));
  }
  return texts;
}

/// The fabric with `kept` of the four cables that p3-spine2 has to leaves.
Graph with_leaf_cables(char kept) {
  return test::edited(test::synthetic(kWide), [&](auto& link) {
    return link.b != "switch/p3-spine2" || !link.a.starts_with("switch/p3-leaf") || link.a.back() - '0' <= kept;
  });
}

TEST(Starved, FewerThanHalfAndNotHalf) {
  EXPECT_THAT(starved(with_leaf_cables(4)), IsEmpty());
  EXPECT_THAT(starved(with_leaf_cables(2)), IsEmpty());
  EXPECT_THAT(starved(with_leaf_cables(1)), ElementsAre("switch/p3-spine2: 1 of 4"));
  EXPECT_THAT(starved(with_leaf_cables(0)), ElementsAre("switch/p3-spine2: 0 of 4"));
}

TEST(Starved, NoCableAtAllIsToldOnce) {
  const auto graph = test::edited(
      test::synthetic(kWide), [](auto& link) { return link.a != "switch/p3-spine2" && link.b != "switch/p3-spine2"; });
  EXPECT_THAT(starved(graph), ElementsAre("switch/p3-spine2: 0 of 4, no cable"));
}

TEST(Starved, CoreIsHeldAgainstCores) {
  const auto graph = test::edited(test::synthetic(kWide), [](auto& link) {
    const bool is_core = link.a == "switch/core5" || link.b == "switch/core5";
    return !is_core || link.a.starts_with("switch/p1-") || link.b.starts_with("switch/p1-");
  });
  EXPECT_THAT(starved(graph), ElementsAre("switch/core5: 1 of 4"));
}

TEST(Starved, LeavesWithFewHostsAndSmallGroupsAreNot) {
  const auto leaf = test::edited(
      test::synthetic(kWide), [](auto& link) { return link.a != "switch/p1-leaf1" || link.b == "switch/p1-spine1"; });
  EXPECT_THAT(starved(leaf), IsEmpty());  // the check of uplinks tells it
  const auto two = test::edited(test::synthetic("fat-tree:hosts=32,leaf=8,spines=2"),
                                [](auto& link) { return link.b != "switch/spine2"; });
  EXPECT_THAT(starved(two), IsEmpty());  // which of two is right?
}

}  // namespace
}  // namespace plumb::topology
