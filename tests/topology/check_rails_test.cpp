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

constexpr auto* kRails = "rail:hosts=32,rails=8,leaf=16,spines=4";

std::string nic_id(int host, int nic) { return "nic/n" + std::to_string(host) + "/mlx5_" + std::to_string(nic); }

/// Puts the cable at `from` into the port of the cable at `to`, and the other way round.
Graph swapped(const Graph& graph, const std::string& one, const std::string& other) {
  core::LinkRow first, second;
  for (const auto& link : graph.link_rows()) {
    auto& kept = link.a == one ? first : second;
    if (link.a == one || link.a == other) {
      kept.b = link.b;
      kept.b_port = link.b_port;
    }
  }
  return test::edited(graph, [&](auto& link) {
    if (link.a == one || link.a == other) {
      const auto& now = link.a == one ? second : first;
      link.b = now.b;
      link.b_port = now.b_port;
    }
    return true;
  });
}

/// `graph` without rails told, as InfiniBand tells it: they come from the order of the NICs that are there.
template <class Keep>
Graph told_by_order(const Graph& graph, Keep&& keep) {
  GraphBuilder builder;
  for (auto row : graph.rows()) {
    if (row.kind == "nic" ? keep(row.id) : row.kind == "switch") {
      row.rail.reset();
      builder.add(row);
    }
  }
  for (const auto& link : graph.link_rows()) {
    if (keep(link.a)) {
      builder.add(link);
    }
  }
  return std::move(builder).seal();
}

TEST(Rails, HealthyIsOnePassRowEach) {
  const auto graph = test::synthetic(kRails);
  EXPECT_THAT(faults(check_rails, graph), IsEmpty());
  EXPECT_THAT(test::passes(check_rails, graph), ElementsAre("rail_mismatch: 256 cables on 8 rails"));
  EXPECT_THAT(test::passes(check_rails_missing, graph), ElementsAre("rails_missing: 32 hosts"));
}

TEST(Rails, OtherFabricsHaveNone) {
  EXPECT_THAT(test::passes(check_rails, test::synthetic("fat-tree:hosts=64")), IsEmpty());
  GraphBuilder builder;  // two NICs a host, both on one leaf
  for (int host = 0; host < 32; ++host) {
    for (int nic = 0; nic < 2; ++nic) {
      builder.add(test::cable(nic_id(host, nic), "1", "switch/leaf" + std::to_string(host / 8),
                              std::to_string(host % 8 * 2 + nic + 1)));
    }
  }
  const auto graph = std::move(builder).seal();
  EXPECT_THAT(faults(check_rails, graph), IsEmpty());
  EXPECT_THAT(test::passes(check_rails, graph), IsEmpty());
}

TEST(Rails, TwoNicsOfOneHostExchangedAreOneRow) {
  const auto graph = swapped(test::synthetic(kRails), "nic/n00005/nic2", "nic/n00005/nic3");
  EXPECT_THAT(faults(check_rails, graph), ElementsAre("fail rail_mismatch host/n00005"));
  EXPECT_EQ(told(check_rails, graph),
            "nic/n00005/nic2 (rail 2) is on switch/r3-leaf1, which serves rail 3; nic/n00005/nic3 (rail 3) is on "
            "switch/r2-leaf1, which serves rail 2 | every NIC on a leaf of its rail");
}

TEST(Rails, NicsOfTwoHostsAreTwoRows) {
  const auto graph = swapped(test::synthetic(kRails), "nic/n00005/nic2", "nic/n00007/nic3");
  EXPECT_THAT(faults(check_rails, graph),
              ElementsAre("fail rail_mismatch nic/n00005/nic2", "fail rail_mismatch nic/n00007/nic3"));
}

TEST(Rails, SwapOnOneRailIsNoMismatch) {
  EXPECT_THAT(faults(check_rails, swapped(test::synthetic(kRails), "nic/n00005/nic2", "nic/n00007/nic2")), IsEmpty());
}

TEST(Rails, LeavesOfTwoRailsEach) {
  GraphBuilder builder;
  for (int host = 0; host < 16; ++host) {
    for (int nic = 0; nic < 4; ++nic) {
      builder.add(test::cable(nic_id(host, nic), "1", nic < 2 ? "switch/leaf1" : "switch/leaf2",
                              std::to_string(2 * host + nic % 2 + 1)));
    }
  }
  const auto paired = std::move(builder).seal();
  EXPECT_THAT(test::passes(check_rails, paired), ElementsAre("rail_mismatch: 64 cables on 4 rails"));
  EXPECT_THAT(faults(check_rails, swapped(paired, nic_id(3, 0), nic_id(3, 1))), IsEmpty());
  EXPECT_THAT(faults(check_rails, swapped(paired, nic_id(3, 1), nic_id(3, 2))),
              ElementsAre("fail rail_mismatch host/n3"));
}

TEST(Rails, MissingNicIsToldWithItsRailAndNoMismatchFollows) {
  const auto graph = told_by_order(test::synthetic(kRails), [](const auto& id) { return id != "nic/n00009/nic3"; });
  EXPECT_THAT(faults(check_rails, graph), IsEmpty());
  EXPECT_THAT(faults(check_rails_missing, graph), ElementsAre("warn rails_missing host/n00009"));
  EXPECT_EQ(told(check_rails_missing, graph), "7 NICs with a cable; no cable to rail 3 | 8, as most hosts");
}

TEST(Rails, ExchangeIsSeenOnAHostThatLacksANic) {
  const auto graph = told_by_order(swapped(test::synthetic(kRails), "nic/n00009/nic5", "nic/n00009/nic6"),
                                   [](const auto& id) { return id != "nic/n00009/nic3"; });
  EXPECT_THAT(faults(check_rails, graph), ElementsAre(HasSubstr("fail rail_mismatch")));
}

TEST(Rails, NicWithoutACableCountsAsMissing) {
  const auto graph = test::edited(test::synthetic(kRails), [](auto& link) { return link.a != "nic/n00009/nic3"; });
  EXPECT_THAT(faults(check_rails_missing, graph), ElementsAre("warn rails_missing host/n00009"));
}

TEST(Rails, HostWithFarFewerNicsIsAnotherMachine) {
  const auto graph = test::edited(test::synthetic(kRails), [](auto& link) {
    return !link.a.starts_with("nic/n00009/") || link.a == "nic/n00009/nic0";
  });
  EXPECT_THAT(faults(check_rails_missing, graph), IsEmpty());
}

}  // namespace
}  // namespace plumb::topology
