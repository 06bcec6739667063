#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "core/error.h"
#include "tests/topology/maps.h"
#include "topology/exporter.h"
#include "topology/host_tree.h"

namespace plumb::topology {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string slurm(const Graph& graph) { return exporter_of("slurm").text(graph, {}); }

/// The lines that Slurm reads.
std::string switches_of(const Graph& graph) {
  std::istringstream text(slurm(graph));
  std::string lines;
  for (std::string line; std::getline(text, line);) {
    lines += line.starts_with("#") ? "" : line + "\n";
  }
  return lines;
}

/// Cables as "host/n1:1 switch/s:1".
Graph map_of(const std::vector<std::pair<std::string, std::string>>& cables) {
  GraphBuilder builder;
  int port = 0;
  for (const auto& [a, b] : cables) {
    ++port;
    builder.add(test::cable(a, std::to_string(port), b, std::to_string(port)));
  }
  return std::move(builder).seal();
}

TEST(HostRanges, AreWhatSlurmReads) {
  EXPECT_EQ(host_ranges({"n0001", "n0002", "n0040", "n0003"}), "n[0001-0003,0040]");
  EXPECT_EQ(host_ranges({"n10", "n8", "n9", "n11"}), "n[8-11]");
  EXPECT_EQ(host_ranges({"n09", "n010", "n011"}), "n[09,010-011]");
  EXPECT_EQ(host_ranges({"n99", "n100"}), "n[99-100]");
  EXPECT_EQ(host_ranges({"n099", "n0100"}), "n[099,0100]");
  EXPECT_EQ(host_ranges({"n1", "n01"}), "n[1,01]");
  EXPECT_EQ(host_ranges({"login", "n7", "login1"}), "login,login1,n7");
  EXPECT_EQ(host_ranges({"7", "8"}), "7,8");
  EXPECT_EQ(host_ranges({"s12345678901", "s12345678902"}), "s12345678901,s12345678902");
  EXPECT_EQ(host_ranges({"n1-ib", "n2-ib"}), "n1-ib,n2-ib");
}

TEST(Slurm, AFatTreeHasItsLeavesAndOneSpine) {
  EXPECT_EQ(switches_of(test::synthetic("fat-tree:hosts=7,leaf=4,spines=2")),
            "SwitchName=leaf1 Nodes=n[00001-00004]\n"
            "SwitchName=leaf2 Nodes=n[00005-00007]\n"
            "SwitchName=spine1-x2 Switches=leaf[1-2]\n");
}

TEST(Slurm, LeavesOfAllRailsOfAHostAreOne) {
  EXPECT_EQ(switches_of(test::synthetic("rail:hosts=4,rails=2,leaf=2,spines=2")),
            "SwitchName=r0-leaf1-x2 Nodes=n[00001-00002]\n"
            "SwitchName=r0-leaf2-x2 Nodes=n[00003-00004]\n"
            "SwitchName=r0-spine1-x4 Switches=r0-leaf1-x2,r0-leaf2-x2\n");
}

TEST(Slurm, PodsAreThreeTiers) {
  EXPECT_EQ(switches_of(test::synthetic("rail:hosts=4,rails=2,leaf=2,spines=2,pods=2,cores=2")),
            "SwitchName=p1-r0-leaf1-x2 Nodes=n[00001-00002]\n"
            "SwitchName=p2-r0-leaf1-x2 Nodes=n[00003-00004]\n"
            "SwitchName=p1-r0-spine1-x4 Switches=p1-r0-leaf1-x2\n"
            "SwitchName=p2-r0-spine1-x4 Switches=p2-r0-leaf1-x2\n"
            "SwitchName=r0-core1-x8 Switches=p1-r0-spine1-x4,p2-r0-spine1-x4\n");
}

/// Three hosts a group, two rails; n3 has lost rail 1, n6's rail 1 is plugged into the first group's leaf.
TEST(Slurm, CablesMissingOrAstrayMoveNobody) {
  EXPECT_EQ(switches_of(map_of({{"nic/n1/m0", "switch/a0"},
                                {"nic/n1/m1", "switch/a1"},
                                {"nic/n2/m0", "switch/a0"},
                                {"nic/n2/m1", "switch/a1"},
                                {"nic/n3/m0", "switch/a0"},
                                {"nic/n4/m0", "switch/b0"},
                                {"nic/n4/m1", "switch/b1"},
                                {"nic/n5/m0", "switch/b0"},
                                {"nic/n5/m1", "switch/b1"},
                                {"nic/n6/m0", "switch/b0"},
                                {"nic/n6/m1", "switch/b1"},
                                {"nic/n6/m2", "switch/a1"},
                                {"switch/a0", "switch/s0"},
                                {"switch/b0", "switch/s0"},
                                {"switch/a1", "switch/s1"},
                                {"switch/b1", "switch/s1"}})),
            "SwitchName=a0-x2 Nodes=n[1-3]\n"
            "SwitchName=b0-x2 Nodes=n[4-6]\n"
            "SwitchName=s0-x2 Switches=a0-x2,b0-x2\n");
}

TEST(Slurm, IslandsGetATop) {
  const auto graph = map_of({{"host/n1", "switch/a"}, {"host/n2", "switch/b"}});
  EXPECT_EQ(switches_of(graph), "SwitchName=a Nodes=n1\nSwitchName=b Nodes=n2\nSwitchName=top Switches=a,b\n");
  EXPECT_THAT(slurm(graph), HasSubstr("# top joins what no cable in the map joins\n"));
}

TEST(Slurm, AServerOnASpineGetsALeafOfItsOwn) {
  GraphBuilder builder;
  for (const int host : {1, 2, 3, 4}) {
    const std::string number = std::to_string(host);
    builder.add(test::cable("host/n" + number, "1", host < 3 ? "switch/leaf1" : "switch/leaf2", number));
  }
  builder.add(test::cable("switch/leaf1", "9", "switch/spine", "1"));
  builder.add(test::cable("switch/leaf2", "9", "switch/spine", "2"));
  builder.add(test::cable("host/ufm", "1", "switch/spine", "3"));
  core::NodeRow spine;
  spine.id = "switch/spine";
  spine.tier = 2;
  builder.add(std::move(spine));
  EXPECT_EQ(switches_of(std::move(builder).seal()),
            "SwitchName=leaf1 Nodes=n[1-2]\n"
            "SwitchName=leaf2 Nodes=n[3-4]\n"
            "SwitchName=spine-hosts Nodes=ufm\n"
            "SwitchName=spine Switches=leaf[1-2],spine-hosts\n");
}

TEST(Slurm, NamesAreCleanAndUnique) {
  const std::string longest(70, 'x');
  const auto text = switches_of(map_of({{"host/n1", "switch/a b"},
                                        {"host/n2", "switch/a_b"},
                                        {"host/n3", "switch/DEFAULT"},
                                        {"host/n4", "switch/" + longest},
                                        {"host/n5", "switch/" + longest + "2"}}));
  EXPECT_THAT(text, HasSubstr("SwitchName=a_b Nodes=n1\nSwitchName=a_b.2 Nodes=n2\n"));
  EXPECT_THAT(text, HasSubstr("SwitchName=DEFAULT.2 Nodes=n3\n"));
  EXPECT_THAT(text, HasSubstr("SwitchName=" + longest.substr(0, 64) + " Nodes=n4\n"));
  EXPECT_THAT(text, HasSubstr("SwitchName=" + longest.substr(0, 62) + ".2 Nodes=n5\n"));
}

TEST(Slurm, HostsThatCannotBeThereAreNamed) {
  GraphBuilder builder;
  builder.add(test::cable("host/n1", "1", "switch/a", "1"));
  builder.add(test::cable("host/SM\nSwitchName=x", "1", "switch/a", "2"));
  core::NodeRow idle;
  idle.id = "host/n2";
  builder.add(std::move(idle));
  const auto graph = std::move(builder).seal();
  EXPECT_EQ(switches_of(graph), "SwitchName=a Nodes=n1\n");
  EXPECT_THAT(slurm(graph), HasSubstr("# left out, no cable to a switch: n2\n"));
  EXPECT_THAT(slurm(graph), HasSubstr("# left out, no name for a Slurm node: SM\\x0aSwitchName=x\n"));
}

TEST(Slurm, AMapWithoutCablesIsAnError) {
  EXPECT_THROW(slurm(map_of({})), core::Error);
  EXPECT_THROW(slurm(map_of({{"host/n1", "host/n2"}})), core::Error);
}

TEST(SlurmYaml, HasTheTreeAndABlockAPod) {
  const auto yaml = [](const std::string& spec) { return exporter_of("slurm-yaml").text(test::synthetic(spec), {}); };
  EXPECT_THAT(yaml("fat-tree:hosts=4,leaf=2,spines=1"),
              HasSubstr("- topology: fabric\n  cluster_default: true\n  tree:\n    switches:\n"
                        "      - switch: \"leaf1\"\n        nodes: \"n[00001-00002]\"\n"
                        "      - switch: \"leaf2\"\n        nodes: \"n[00003-00004]\"\n"
                        "      - switch: \"spine1\"\n        children: \"leaf[1-2]\"\n"));
  EXPECT_THAT(yaml("fat-tree:hosts=4,leaf=2,spines=1"), Not(HasSubstr("block")));
  EXPECT_THAT(yaml("fat-tree:hosts=5,leaf=2,spines=1,pods=2"),
              HasSubstr("  block:\n    block_sizes:\n      - 2\n    blocks:\n"
                        "      - block: \"p1\"\n        nodes: \"n[00001-00003]\"\n"
                        "      - block: \"p2\"\n        nodes: \"n[00004-00005]\"\n"));
}

}  // namespace
}  // namespace plumb::topology
