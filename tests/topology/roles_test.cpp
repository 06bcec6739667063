#include "topology/roles.h"

#include <gmock/gmock.h>

#include "tests/topology/maps.h"
#include "topology/source.h"

namespace plumb::topology {
namespace {

/// A synthetic fabric as a dump would tell it: cables only.
Graph only_cables(const std::string& spec, std::span<const core::LinkRow> more = {}) {
  GraphBuilder told, bare;
  synthetic_source(spec)->add_to(told);
  const auto graph = std::move(told).seal();
  for (LinkIndex i = 0; i < graph.link_count(); ++i) {
    core::LinkRow row;
    row.kind = std::string(graph.link_row(i).kind);
    row.a = std::string(graph.link_row(i).a);
    row.a_port = std::string(graph.link_row(i).a_port);
    row.b = std::string(graph.link_row(i).b);
    row.b_port = std::string(graph.link_row(i).b_port);
    bare.add(row);
  }
  for (const auto& row : more) {
    bare.add(row);
  }
  return std::move(bare).seal();
}

void expect_roles_of(const std::string& spec) {
  GraphBuilder builder;
  synthetic_source(spec)->add_to(builder);
  const auto told = std::move(builder).seal(), found = only_cables(spec);
  for (NodeIndex n = 0; n < found.node_count(); ++n) {
    const auto& row = found.row(n);
    const auto& truth = told.row(*told.find(std::string(row.id)));
    EXPECT_EQ(row.tier, truth.tier) << row.id;
    if (found.kind(n) == NodeKind::nic) {
      EXPECT_EQ(row.rail, truth.rail) << row.id;
    }
  }
}

TEST(Roles, CablesTellTiersAndRails) {
  expect_roles_of("fat-tree:hosts=64,leaf=16,spines=4");
  expect_roles_of("rail:hosts=32,rails=4,leaf=8,spines=2");
  expect_roles_of("rail:hosts=64,rails=2,leaf=8,spines=2,pods=2,cores=2");
}

TEST(Roles, PodsAreWhatHangsTogetherWithoutTheTopTier) {
  const auto graph = only_cables("rail:hosts=64,rails=2,leaf=8,spines=2,pods=4,cores=2");
  std::set<std::string> pods;
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    const std::string id(graph.row(n).id), pod(graph.row(n).pod);
    EXPECT_EQ(pod.empty(), graph.row(n).tier == 3) << id;
    pods.insert(pod);
    if (const auto host = graph.host_of(n)) {
      EXPECT_EQ(pod, graph.row(*host).pod) << id;
    }
  }
  EXPECT_EQ(pods.size(), 5);  // four, and none for cores
}

TEST(Roles, TwoTiersHaveNoPods) {
  const auto graph = only_cables("fat-tree:hosts=64,leaf=16,spines=4");
  EXPECT_TRUE(std::ranges::all_of(graph.rows(), [](const auto& row) { return row.pod.empty(); }));
}

TEST(Roles, AServerOnASpineDoesNotMakeItALeaf) {
  core::LinkRow cable;
  cable.kind = "cable";
  cable.a = "nic/ufm/mlx5_0";
  cable.b = "switch/spine1";
  cable.b_port = "99";
  const auto graph = only_cables("fat-tree:hosts=64,leaf=16,spines=4", std::array{cable});
  EXPECT_EQ(graph.row(*graph.find("switch/spine1")).tier, 2);
  EXPECT_EQ(graph.row(*graph.find("switch/leaf1")).tier, 1);
}

TEST(Roles, DeviceNumbersAreNotRailNumbers) {
  GraphBuilder builder;
  for (const auto* device : {"mlx5_10", "mlx5_0", "mlx5_6", "mlx5_3"}) {
    core::LinkRow cable;
    cable.kind = "cable";
    cable.a = std::string("nic/n1/") + device;
    cable.b = std::string("switch/for-") + device;
    builder.add(cable);
  }
  const auto graph = std::move(builder).seal();
  EXPECT_EQ(graph.row(*graph.find("nic/n1/mlx5_0")).rail, 0);
  EXPECT_EQ(graph.row(*graph.find("nic/n1/mlx5_3")).rail, 1);
  EXPECT_EQ(graph.row(*graph.find("nic/n1/mlx5_6")).rail, 2);
  EXPECT_EQ(graph.row(*graph.find("nic/n1/mlx5_10")).rail, 3);
}

TEST(Roles, WhatOneMachineSeesTellsNone) {
  GraphBuilder builder;
  for (const auto* host : {"n1", "n2", "n3", "n4"}) {
    builder.add(test::cable(std::string("nic/") + host + "/eth1", "", "switch/leaf", host));
  }
  const auto graph = std::move(builder).seal(Roles::told);
  EXPECT_FALSE(graph.row(*graph.find("switch/leaf")).tier);
  EXPECT_FALSE(graph.row(*graph.find("nic/n1/eth1")).rail);
}

TEST(Roles, NaturalOrder) {
  EXPECT_TRUE(natural_less("a2", "a10"));
  EXPECT_FALSE(natural_less("a10", "a2"));
  EXPECT_TRUE(natural_less("a", "a1"));
  EXPECT_FALSE(natural_less("a1", "a1"));
  EXPECT_TRUE(natural_less("a02b", "a3a"));
}

}  // namespace
}  // namespace plumb::topology
