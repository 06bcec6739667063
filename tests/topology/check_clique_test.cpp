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

struct Gpus {
  GraphBuilder builder;

  void host(const std::string& name, const std::vector<std::string>& cliques, const std::string& rack = "") {
    core::NodeRow row;
    row.id = "host/" + name;
    row.rack = rack;
    builder.add(row);
    for (std::size_t i = 0; i < cliques.size(); ++i) {
      core::NodeRow gpu;
      gpu.id = "gpu/" + name + "/" + std::to_string(i);
      gpu.state = cliques[i].empty() ? "" : "clique " + cliques[i];
      builder.add(gpu);
    }
  }
  Graph graph() { return std::move(builder).seal(); }
};

TEST(Cliques, OneEachIsAPassRow) {
  Gpus gpus;
  for (const auto* name : {"n1", "n2", "n3", "n4"}) {
    gpus.host(name, {"A/1", "A/1"});
  }
  gpus.host("old", {"", ""});  // its NVLinks do not leave it
  const auto graph = gpus.graph();
  EXPECT_THAT(faults(check_cliques, graph), IsEmpty());
  EXPECT_THAT(test::passes(check_cliques, graph), ElementsAre("clique: 4 hosts"));
  EXPECT_THAT(test::passes(check_cliques, test::synthetic("rail:hosts=4")), IsEmpty());
}

TEST(Cliques, GpusOfOneHostApart) {
  Gpus gpus;
  gpus.host("n1", {"A/1", "A/1", "A/2", "A/1"});
  const auto other = gpus.graph();
  EXPECT_THAT(faults(check_cliques, other), ElementsAre("fail clique host/n1"));
  EXPECT_EQ(told(check_cliques, other), "3 GPUs in A/1, 1 in A/2 (gpu/n1/2) | all GPUs of a host in one clique");
  Gpus missing;
  missing.host("n1", {"A/1", ""});
  EXPECT_THAT(faults(check_cliques, missing.graph()), ElementsAre("fail clique host/n1"));
}

TEST(Cliques, HostInAnotherCliqueOfItsCluster) {
  Gpus gpus;
  for (const auto* name : {"n1", "n2", "n3"}) {
    gpus.host(name, {"A/1"});
  }
  gpus.host("n4", {"A/9"});
  gpus.host("far", {"B/1"});  // another cluster, and nobody says that it should not be
  const auto graph = gpus.graph();
  EXPECT_THAT(faults(check_cliques, graph), ElementsAre("warn clique host/n4"));
  EXPECT_EQ(told(check_cliques, graph), "A/9 | A/1, as 3 of 4 hosts of cluster A");
}

TEST(Cliques, HostOfARackInAnotherCluster) {
  Gpus gpus;
  for (const auto* name : {"n1", "n2", "n3"}) {
    gpus.host(name, {"A/1"}, "r1");
  }
  gpus.host("n4", {"B/1"}, "r1");
  EXPECT_THAT(faults(check_cliques, gpus.graph()), ElementsAre("warn clique host/n4"));
}

TEST(Cliques, PartitionsThatShareAClusterAreADesign) {
  Gpus gpus;
  for (int i = 0; i < 6; ++i) {
    gpus.host("n" + std::to_string(i), {i % 2 == 0 ? "A/1" : "A/2"});
  }
  EXPECT_THAT(faults(check_cliques, gpus.graph()), IsEmpty());
}

}  // namespace
}  // namespace plumb::topology
