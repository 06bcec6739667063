#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/topology/maps.h"
#include "topology/bisection.h"
#include "topology/checks.h"
#include "topology/max_flow.h"

namespace plumb::topology {
namespace {

using test::faults;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<Bisection> cuts_of(const Graph& graph) { return bisections(graph, FabricShape(graph)); }

TEST(MaxFlow, IsThatOfTheNarrowestCut) {
  const std::array cables{FlowCable{0, 1, 10}, FlowCable{0, 2, 4}, FlowCable{1, 3, 3}, FlowCable{2, 3, 9},
                          FlowCable{1, 2, 2}};
  const std::array sources{FlowEnd{0, 100}}, sinks{FlowEnd{3, 100}};
  EXPECT_EQ(max_flow(4, cables, sources, sinks), 9);  // 3 over node 1, 4 + 2 over node 2
  EXPECT_EQ(max_flow(4, cables, std::array{FlowEnd{0, 5}}, sinks), 5);
  EXPECT_EQ(max_flow(4, {}, sources, sinks), 0);
}

TEST(MaxFlow, CablesCarryBothDirectionsAtOnce) {
  const std::array cables{FlowCable{0, 1, 7}};
  EXPECT_EQ(max_flow(2, cables, std::array{FlowEnd{1, 9}}, std::array{FlowEnd{0, 9}}), 7);
}

TEST(Bisection, OfATreeIsTheRateOfItsCablesUp) {
  const auto cuts = cuts_of(test::synthetic("fat-tree:hosts=64,leaf=8,spines=4"));
  ASSERT_EQ(cuts.size(), 1U);
  EXPECT_EQ(cuts[0].full_Bps, 32 * 50e9);
  EXPECT_EQ(cuts[0].flow_Bps, 4 * 4 * 50e9);  // four leaves a half
  EXPECT_EQ(cuts[0].expected_Bps, cuts[0].flow_Bps);
}

TEST(Bisection, OfPodsAndOfEachPod) {
  const auto cuts = cuts_of(test::synthetic("fat-tree:hosts=64,leaf=8,spines=8,pods=4,cores=1"));
  ASSERT_EQ(cuts.size(), 5U);
  EXPECT_TRUE(cuts[0].is_of_pods);
  EXPECT_EQ(cuts[0].full_Bps, 32 * 50e9);
  EXPECT_EQ(cuts[0].flow_Bps, 2 * 8 * 50e9);  // two pods of eight spines with one cable each
  EXPECT_EQ(cuts[0].expected_Bps, cuts[0].flow_Bps);
  EXPECT_EQ(cuts[4].pod, "p4");
  EXPECT_EQ(cuts[4].flow_Bps, 8 * 50e9);
}

TEST(Bisection, NothingToCut) {
  EXPECT_THAT(cuts_of(test::synthetic("fat-tree:hosts=8,leaf=8")), IsEmpty());
  EXPECT_THAT(cuts_of(GraphBuilder().seal()), IsEmpty());
}

TEST(CheckBisection, HealthyIsTold) {
  const auto graph = test::synthetic("rail:hosts=64,rails=8,leaf=16,spines=4");
  EXPECT_THAT(faults(check_bisection, graph), IsEmpty());
  EXPECT_THAT(
      test::passes(check_bisection, graph),
      ElementsAre("bisection: 3200 GB/s of 12800 GB/s between halves of the leaves, 25 % of what the NICs could "
                  "send"));
  EXPECT_THAT(faults(check_bisection, test::synthetic("rail:hosts=100,rails=4,leaf=16,spines=4,pods=3,cores=2")),
              IsEmpty());
}

TEST(CheckBisection, LostCablesUpAreSeenWithoutARule) {
  const auto graph = test::edited(test::synthetic("fat-tree:hosts=64,leaf=8,spines=8"), [](auto& link) {
    return link.a != "switch/leaf1" || link.b == "switch/spine1" || link.b == "switch/spine2";
  });
  EXPECT_THAT(faults(check_bisection, graph), ElementsAre("warn bisection "));
  EXPECT_EQ(
      test::told(check_bisection, graph),
      "1300 GB/s of 1600 GB/s between halves of the leaves, 81 % of what the NICs could send | 1600 GB/s, were all "
      "switches cabled as most of their peers");
}

TEST(CheckBisection, IrregularFabricsAreOnlyTold) {
  const auto chain = test::edited(test::synthetic("fat-tree:hosts=64,leaf=8,spines=8"), [](auto& link) {
    const bool is_low = link.a < std::string("switch/leaf5");  // two halves that share one spine
    return !link.a.starts_with("switch/") ||
           (is_low ? link.b <= std::string("switch/spine4") : link.b >= std::string("switch/spine4"));
  });
  EXPECT_THAT(test::passes(check_bisection, chain), ElementsAre(HasSubstr("bisection: 200 GB/s of 1600 GB/s")));
}

TEST(CheckBisection, BelowWhatTheRuleAsks) {
  const auto planned = test::synthetic("fat-tree:hosts=64,leaf=8,spines=8");
  const auto graph = test::synthetic("fat-tree:hosts=64,leaf=8,spines=4,gbits=800");
  EXPECT_THAT(faults(check_bisection, {graph, &planned, true}), ElementsAre("fail bisection "));
  EXPECT_THAT(test::told(check_bisection, {graph, &planned, true}),
              HasSubstr("50 % of what the NICs could send | 100 %"));
  EXPECT_THAT(faults(check_bisection, {planned, &planned, true}), IsEmpty());
  EXPECT_THAT(faults(check_bisection, {planned, &graph, true}), IsEmpty());
}

}  // namespace
}  // namespace plumb::topology
