// Graphviz and GraphML. tests/topology/exports_well_formed hands hostile names to other programs' readers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/topology/maps.h"
#include "topology/exporter.h"

namespace plumb::topology {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string exported(std::string_view format, const Graph& graph) { return exporter_of(format).text(graph, {}); }

Graph pair_of_cables() {
  GraphBuilder builder;
  auto down = test::cable("nic/n1/mlx5_0", "1", "switch/leaf \"1\"", "1");
  down.state = "down";
  builder.add(std::move(down));
  builder.add(test::cable("nic/n1/mlx5_0", "2", "switch/leaf \"1\"", "2"));
  return std::move(builder).seal();
}

TEST(Dot, TiersAreRanksAndPodsAreClusters) {
  const auto text = exported("dot", test::synthetic("fat-tree:hosts=2,leaf=1,spines=1,pods=2,cores=1"));
  EXPECT_THAT(text, HasSubstr("  { rank=same; \"host/n00001\"; \"host/n00002\"; }\n"
                              "  { rank=same; \"switch/p1-leaf1\"; \"switch/p2-leaf1\"; }\n"
                              "  { rank=same; \"switch/p1-spine1\"; \"switch/p2-spine1\"; }\n"
                              "  { rank=same; \"switch/core1\"; }\n"));
  EXPECT_THAT(text, HasSubstr("  subgraph cluster_1 { label=\"pod p2\";\n"));
  EXPECT_THAT(text, HasSubstr("  \"switch/core1\" -- \"switch/p1-spine1\" ["));
  EXPECT_THAT(text, HasSubstr("  \"switch/p1-leaf1\" -- \"host/n00001\" ["));
  EXPECT_THAT(text, Not(HasSubstr("\"nic/n00001/nic0\"")));
}

TEST(Dot, OnePodIsNoCluster) {
  EXPECT_THAT(exported("dot", test::synthetic("fat-tree:hosts=2,leaf=1,spines=1")), Not(HasSubstr("cluster")));
}

TEST(Dot, EachCableIsALineAndADownOneIsDashed) {
  const auto text = exported("dot", pair_of_cables());
  const std::string line = "  \"switch/leaf \\\"1\\\"\" -- \"host/n1\" [tooltip=\"nic/n1/mlx5_0:";
  EXPECT_THAT(text, HasSubstr(line + "1--switch/leaf \\\"1\\\":1\", color=1, style=dashed];\n"));
  EXPECT_THAT(text, HasSubstr(line + "2--switch/leaf \\\"1\\\":2\", color=1];\n"));
}

TEST(Dot, AHostWithoutCablesIsDrawnFromTheInside) {
  GraphBuilder builder;
  core::LinkRow link;
  link.kind = "nvlink";
  link.a = "gpu/n1/0";
  link.b = "gpu/n1/1";
  builder.add(link);
  const auto text = exported("dot", std::move(builder).seal());
  EXPECT_THAT(text, HasSubstr("  \"host/n1\" -- \"gpu/n1/0\";\n"));
  EXPECT_THAT(text, HasSubstr("  \"gpu/n1/0\" -- \"gpu/n1/1\" [tooltip=\"gpu/n1/0--gpu/n1/1\", penwidth=3];\n"));
}

TEST(GraphMl, HasTypedDataAndEveryLink) {
  const auto text = exported("graphml", pair_of_cables());
  EXPECT_THAT(text, HasSubstr("<key id=\"node_rail\" for=\"node\" attr.name=\"rail\" attr.type=\"long\"/>\n"));
  EXPECT_THAT(text,
              HasSubstr("<key id=\"edge_rate_Bps\" for=\"edge\" attr.name=\"rate_Bps\" attr.type=\"double\"/>\n"));
  EXPECT_THAT(text, HasSubstr("<edge source=\"nic/n1/mlx5_0\" target=\"switch/leaf &quot;1&quot;\" "
                              "id=\"nic/n1/mlx5_0:2--switch/leaf &quot;1&quot;:2\">"));
  EXPECT_THAT(text, HasSubstr("<data key=\"edge_rate_Bps\">50000000000</data>"));
}

TEST(GraphMl, HostsHangTogetherWithTheirParts) {
  EXPECT_THAT(
      exported("graphml", pair_of_cables()),
      HasSubstr("<edge source=\"host/n1\" target=\"nic/n1/mlx5_0\"><data key=\"edge_kind\">part</data></edge>\n"));
  GraphBuilder builder;
  core::LinkRow link;
  link.kind = "pcie";
  link.a = "gpu/n1/0";
  link.b = "host/n1";
  builder.add(link);
  EXPECT_THAT(exported("graphml", std::move(builder).seal()), Not(HasSubstr(">part<")));
}

}  // namespace
}  // namespace plumb::topology
