// Random faults in made-up fabrics: each is named as what it is, and nothing else is blamed.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "tests/topology/maps.h"
#include "topology/checks.h"
#include "topology/roles.h"
#include "topology/subjects.h"

namespace plumb::topology {
namespace {

using core::LinkRow;
using Named = std::multiset<std::pair<std::string, std::string>>;  // check and subject

constexpr std::array kFabrics{"rail:hosts=24,rails=4,leaf=8,spines=3",
                              "fat-tree:hosts=30,leaf=6,spines=3,pods=2,cores=2",
                              "rail:hosts=16,rails=8,leaf=4,spines=2,pods=2,cores=3"};

std::vector<LinkRow> rows_of(const Graph& graph) {
  std::vector<LinkRow> rows;
  for (const auto& row : graph.link_rows()) {
    rows.push_back(
        test::cable(std::string(row.a), std::string(row.a_port), std::string(row.b), std::string(row.b_port)));
  }
  return rows;
}

/// Cables of a fabric that faults are planted in, each in cables that no other fault touches.
class Planted {
 public:
  Planted(const Graph& plan, unsigned seed) : random_(seed), cables_(rows_of(plan)) {
    for (std::uint32_t i = 0; i < cables_.size(); ++i) {
      untouched_.push_back(i);
    }
    std::ranges::shuffle(untouched_, random_);
  }

  /// Exchanges the far ends of so many cables, round in a circle.
  void rotate(std::size_t number) {
    const auto cables = take(number);
    const auto first = cables_[cables[0]];
    for (std::size_t i = 0; i < number; ++i) {
      const auto& from = i + 1 < number ? cables_[cables[i + 1]] : first;
      plug_b(cables[i], from.b, from.b_port);
    }
    std::vector<std::string> ids;
    std::ranges::transform(cables, std::back_inserter(ids), [&](auto cable) { return link_id(cables_[cable]); });
    std::ranges::sort(ids, natural_less);
    expected.emplace(number == 2 ? "cable_swapped" : "cable_rotated", subject_of(ids));
  }

  /// A host whose only cable it was is not there at all.
  void pull() {
    const auto cable = take(1)[0];
    const auto& row = cables_[cable];
    const bool was_the_only_one =
        std::ranges::count(cables_, node(row.a), [](const LinkRow& other) { return node(other.a); }) == 1;
    was_the_only_one ? expected.emplace("node_missing", node(row.a)) : expected.emplace("cable_missing", link_id(row));
    pulled_.insert(std::minmax(node(cables_[cable].a), node(cables_[cable].b)));
    gone_.insert(cable);
  }

  void move_to_free_port() {
    const auto cable = take(1)[0];
    plug_b(cable, cables_[cable].b, free_port());
    expected.emplace("cable_wrong_port", link_id(cables_[cable]));
  }

  void move_to_another_switch() {
    const auto cable = take(1)[0];
    const auto other = take(1)[0];
    if (node(cables_[other].b) == node(cables_[cable].b) || node(cables_[other].b) == node(cables_[cable].a)) {
      return;
    }
    plug_b(cable, cables_[other].b, free_port());
    expected.emplace("cable_wrong_node", link_id(cables_[cable]));
  }

  /// Between nodes of which no cable was pulled: there it would be the same cable in other ports.
  void add() {
    const auto &x = cables_[take(1)[0]], &y = cables_[take(1)[0]];
    if (!pulled_.contains(std::minmax(node(x.b), node(y.b))) && x.b != y.b) {
      added_.push_back(test::cable(x.b, free_port(), y.b, free_port()));
      expected.emplace("cable_extra", link_id(added_.back()));
    }
  }

  /// What is there now, learnt in random order.
  Graph found() {
    std::vector<LinkRow> rows = added_;
    for (std::uint32_t i = 0; i < cables_.size(); ++i) {
      if (!gone_.contains(i)) {
        rows.push_back(cables_[i]);
      }
    }
    std::ranges::shuffle(rows, random_);
    GraphBuilder builder;
    for (auto& row : rows) {
      builder.add(row);
    }
    return std::move(builder).seal();
  }

  std::size_t below(std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_); }

  Named expected;

 private:
  static std::string node(const std::string& id) {
    return id.starts_with("nic/") ? "host/" + id.substr(4, id.rfind('/') - 4) : id;
  }

  std::vector<std::uint32_t> take(std::size_t number) {
    std::vector taken(untouched_.end() - static_cast<std::ptrdiff_t>(number), untouched_.end());
    untouched_.resize(untouched_.size() - number);
    return taken;
  }

  void plug_b(std::uint32_t cable, const std::string& node, const std::string& port) {
    auto& row = cables_[cable];
    row.b = node;
    row.b_port = port;
  }

  std::string free_port() { return std::to_string(++last_port_); }

  std::mt19937 random_;
  std::vector<LinkRow> cables_, added_;
  std::vector<std::uint32_t> untouched_;
  std::set<std::uint32_t> gone_;
  std::set<std::pair<std::string, std::string>> pulled_;
  int last_port_ = 1000;
};

Named named(const Graph& found, const Graph& plan) {
  std::vector<core::CheckRow> rows;
  check_cables({found, &plan}, rows);
  Named all;
  for (const auto& row : rows) {
    if (row.status != "pass") {
      all.emplace(row.check, row.subject);
    }
  }
  return all;
}

TEST(CableProperties, HealthyFabricsAreSilentInWhateverOrderTheyWereLearnt) {
  for (const auto* fabric : kFabrics) {
    const auto plan = test::synthetic(fabric);
    for (unsigned seed = 1; seed <= 5; ++seed) {
      EXPECT_EQ(named(Planted(plan, seed).found(), plan), Named()) << fabric << " seed " << seed;
    }
  }
}

TEST(CableProperties, EachPlantedFaultIsNamedAndNothingElse) {
  for (const auto* fabric : kFabrics) {
    const auto plan = test::synthetic(fabric);
    for (unsigned seed = 1; seed <= 40; ++seed) {
      Planted planted(plan, seed);
      planted.pull();
      for (int i = 0; i < 8; ++i) {
        const auto fault = planted.below(4);
        fault == 0   ? planted.rotate(2)
        : fault == 1 ? planted.rotate(3 + planted.below(3))
        : fault == 2 ? planted.move_to_free_port()
                     : planted.move_to_another_switch();
      }
      planted.add();
      EXPECT_EQ(named(planted.found(), plan), planted.expected) << fabric << " seed " << seed;
      EXPECT_GE(planted.expected.size(), 2U);
    }
  }
}

/// The plan without its ports.
Graph without_ports(const Graph& plan) {
  GraphBuilder builder;
  for (auto row : plan.link_rows()) {
    row.id = row.a_port = row.b_port = "";
    builder.add(row);
  }
  return std::move(builder).seal();
}

TEST(CableProperties, WithoutPortsASwapBetweenNodesIsStillASwap) {
  std::size_t swaps = 0;
  for (const auto* fabric : kFabrics) {
    const auto plan = test::synthetic(fabric), portless = without_ports(plan);
    ASSERT_EQ(portless.link_count(), plan.link_count());  // no parallel cables
    for (unsigned seed = 1; seed <= 20; ++seed) {
      Planted planted(plan, seed);
      planted.rotate(2);
      const auto faults = named(planted.found(), portless);  // empty: between the same two nodes
      EXPECT_LE(faults.size(), 1) << fabric << " seed " << seed;
      EXPECT_TRUE(faults.empty() || faults.begin()->first == "cable_swapped") << fabric << " seed " << seed;
      swaps += faults.size();
    }
  }
  EXPECT_GT(swaps, 50);
}

}  // namespace
}  // namespace plumb::topology
