// One fabric told by several files is one map: the same ids, nothing twice, no conflict.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/topology/read_text.h"
#include "topology/ib_fabric.h"

namespace plumb::topology {
namespace {

const std::vector<std::string> kForms{"ibnetdiscover-same.topo", "iblinkinfo-l.txt", "iblinkinfo.txt", "ibdiagnet2.lst",
                                      "ibdiagnet2.db_csv"};

Graph map_of(const std::vector<std::string>& forms) {
  GraphBuilder builder;
  for (const auto& form : forms) {
    const FileText file{form, test::data_text("fabric/" + form)};
    reader_of(file).read(file, builder);
  }
  return std::move(builder).seal();
}

std::set<std::string> ids(const Graph& graph) {
  std::set<std::string> all;
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    all.emplace(graph.row(n).id);
  }
  for (LinkIndex i = 0; i < graph.link_count(); ++i) {
    all.emplace(graph.link_row(i).id);
  }
  return all;
}

std::vector<std::string> remarks(const Graph& graph) {
  std::vector<std::string> all;
  for (const auto& row : graph.remarks()) {
    all.push_back(std::string(row.subject) + " " + std::string(row.observed) + ", not " + std::string(row.expected));
  }
  return all;
}

TEST(Merge, EveryFormTellsTheSameParts) {
  const auto expected = ids(map_of({"ibdiagnet2.db_csv"}));
  EXPECT_EQ(expected.size(), 11 + 10);
  for (const auto& form : kForms) {
    EXPECT_EQ(ids(map_of({form})), expected) << form;
  }
}

TEST(Merge, AnyTwoFormsAgree) {
  const auto expected = ids(map_of({"ibdiagnet2.db_csv"}));
  for (const auto& first : kForms) {
    for (const auto& second : kForms) {
      const auto graph = map_of({first, second});
      EXPECT_EQ(ids(graph), expected) << first << " and " << second;
      EXPECT_THAT(remarks(graph), testing::IsEmpty()) << first << " and " << second;
    }
  }
}

TEST(Merge, WhatOneFormDoesNotKnowAnotherTells) {
  const auto graph = map_of({"iblinkinfo-l.txt", "ibdiagnet2.lst", "ibdiagnet2.db_csv"});
  const auto& nic = graph.row(*graph.find("nic/node01/mlx5_0"));
  EXPECT_EQ(nic.guid, "0xa088c20300000010");
  EXPECT_EQ(nic.model, "0x02c9:0x1021 MT_0000000838");
  EXPECT_EQ(nic.firmware, "28.39.1002");
  EXPECT_EQ(graph.link_row(*graph.find_link("switch/leaf001:61--switch/spine001:1")).max_speed, "NDR");
}

TEST(Merge, ACableThatMovedBetweenTwoSnapshotsIsToldAndTheFirstStays) {
  GraphBuilder builder;
  for (const std::uint32_t port : {1U, 2U}) {
    IbFabric fabric;
    fabric.source = "ibnetdiscover";
    fabric.nodes.push_back({.guid = 1, .description = "n1 mlx5_0"});
    fabric.nodes.push_back({.guid = 2, .kind = IbNode::Kind::network_switch, .description = "leaf1"});
    fabric.links.push_back({.a = 1, .b = 2, .a_port = 1, .b_port = port});
    fabric.add_to(builder);
  }
  const auto graph = std::move(builder).seal();
  EXPECT_EQ(graph.link_count(), 1);
  EXPECT_TRUE(graph.find_link("nic/n1/mlx5_0:1--switch/leaf1:1"));
  EXPECT_THAT(remarks(graph), testing::ElementsAre(testing::HasSubstr("holds two cables")));
}

}  // namespace
}  // namespace plumb::topology
