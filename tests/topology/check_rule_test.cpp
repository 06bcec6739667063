#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/topology/maps.h"
#include "topology/checks.h"

namespace plumb::topology {
namespace {

using test::faults;
using test::told;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto* kRule = "rail:hosts=64,rails=8,leaf=16,spines=4";

std::vector<std::string> against_rule(const Graph& found, const std::string& rule) {
  const auto planned = test::synthetic(rule);
  return faults(check_rule, {found, &planned, true});
}

std::string told_against_rule(const Graph& found, const std::string& rule) {
  const auto planned = test::synthetic(rule);
  return told(check_rule, {found, &planned, true});
}

TEST(Rule, NamesAndRatesMeanNothing) {
  EXPECT_THAT(against_rule(test::synthetic(kRule), std::string(kRule) + ",gbits=200"), IsEmpty());
}

TEST(Rule, PlansWithNamesAreForOtherChecks) {
  const auto planned = test::synthetic("fat-tree:hosts=8");
  std::vector<core::CheckRow> rows;
  check_rule({test::synthetic(kRule), &planned, false}, rows);
  check_rule({test::synthetic(kRule)}, rows);
  EXPECT_TRUE(rows.empty());
}

TEST(Rule, MissingHost) {
  const auto found =
      test::edited(test::synthetic(kRule), [](auto& link) { return !link.a.starts_with("nic/n00009/"); });
  EXPECT_THAT(against_rule(found, kRule),
              ElementsAre("fail rule ", "fail rule ", "fail rule "));  // also a host's and a leaf's
}

TEST(Rule, MissingCableUpNamesTheLeaf) {
  const auto found = test::edited(test::synthetic("fat-tree:hosts=64"),
                                  [](auto& link) { return link.id != "switch/leaf3:18--switch/spine2:3"; });
  EXPECT_THAT(against_rule(found, "fat-tree:hosts=64"), ElementsAre("fail rule switch/leaf3"));
  EXPECT_EQ(told_against_rule(found, "fat-tree:hosts=64"), "cables up a leaf: 4 on 3, 3 on 1: switch/leaf3 | 4 on 4");
}

TEST(Rule, AnotherNumberOfSpines) {
  EXPECT_EQ(told_against_rule(test::synthetic("fat-tree:hosts=64,pods=2,leaf=8,cores=3"),
                              "fat-tree:hosts=64,pods=2,leaf=8,cores=4"),
            "2 rows");  // cores, and cables up a spine
}

}  // namespace

TEST(Duplicates, GuidOfTwoDevices) {
  const auto graph_with = [](const std::string& guid, const std::string& source) {
    GraphBuilder builder;
    for (int i = 0; i < 4; ++i) {
      core::NodeRow nic;
      nic.id = "nic/n" + std::to_string(i) + "/mlx5_0";
      nic.guid = i == 3 ? guid : "0x00000000000000a" + std::to_string(i);
      nic.source = i == 3 ? source : "ib";
      builder.add(nic);
    }
    return std::move(builder).seal();
  };
  EXPECT_THAT(faults(check_duplicates, graph_with("0x00000000000000a7", "ib")), IsEmpty());
  EXPECT_THAT(faults(check_duplicates, graph_with("0x00000000000000a1", "ib")),
              ElementsAre("fail duplicate_guid nic/n3/mlx5_0"));
  EXPECT_THAT(faults(check_duplicates, graph_with("0x00000000000000a1", "node")),
              ElementsAre("warn duplicate_guid nic/n3/mlx5_0"));
  EXPECT_THAT(faults(check_duplicates, graph_with("0x0000000000000000", "ib")), IsEmpty());
  EXPECT_EQ(told(check_duplicates, graph_with("0x00000000000000a1", "ib")),
            "nic/n1/mlx5_0 has guid 0x00000000000000a1 too | one guid a device");
}

TEST(Duplicates, NameOfTwoSwitches) {
  GraphBuilder builder;
  for (const auto* id : {"switch/a", "switch/b"}) {
    core::NodeRow row;
    row.id = id;
    row.name = "leaf1";
    builder.add(row);
  }
  EXPECT_THAT(faults(check_duplicates, std::move(builder).seal()), ElementsAre("fail duplicate_name switch/b"));
}

}  // namespace plumb::topology
