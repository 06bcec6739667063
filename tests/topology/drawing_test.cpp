// Plans that name devices and ports: PTM's topology.dot and UFM's NDT.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/topology/read_text.h"
#include "topology/named_cables.h"

namespace plumb::topology {
namespace {

using test::error_of;
using test::link_ids;
using test::read_text;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

TEST(NicName, TellsHostsFromSwitches) {
  for (const auto* name : {"eth0", "eno1", "ens3f0np0", "enp25s0np0", "enP2p1s0", "enx0c42a1", "ib0", "ibp11s0f0",
                           "ibs2", "mlx5_4", "bond0", "HCA-1", "rocep1s0", "rdma3", "rail0", "em1"}) {
    EXPECT_TRUE(is_nic_name(name)) << name;
  }
  for (const auto* name : {"swp1", "Ethernet12", "ethernet1/1/1", "Eth1/7", "eth1/1", "et-0/0/3", "1/7", "12", "Port 3",
                           "etp1", "", "e", "en", "eth", "ibm"}) {
    EXPECT_FALSE(is_nic_name(name)) << name;
  }
}

TEST(Ptm, ReadsCables) {
  const auto graph = read_text("topology.dot", R"(# the drawing
    graph dc1 {
      hostnametype="hostname";
      "leaf0":"swp31" -- "spine0":"swp1" [speed="100G", BFD="upMinTx=150,requiredMinRx=250"];
      /* n1 -- a
         host */ n1:eth0 -- leaf0:swp1
      "n-2":enp25s0np0 -- "leaf0":"swp2" [ left_mac="a0:00" ]   // the last
    })");
  EXPECT_THAT(link_ids(graph), ElementsAre("switch/leaf0:swp31--switch/spine0:swp1", "nic/n1/eth0--switch/leaf0:swp1",
                                           "nic/n-2/enp25s0np0--switch/leaf0:swp2"));
  EXPECT_EQ(graph.link_row(0).source, "ptm");
  EXPECT_TRUE(graph.find("host/n-2"));
}

TEST(Ptm, TheDrawingMaySayWhatADeviceIs) {
  const auto graph = read_text("t.dot", R"(strict graph {
      node [shape=box] edge [color=red]
      "n1" [function="host" memory="512"]
      "oob" [function="oob-switch"]
      subgraph rack1 { "n1":"swp1" -- "oob":"eth3" }
    })");
  EXPECT_THAT(link_ids(graph), ElementsAre("nic/n1/swp1--switch/oob:eth3"));
}

TEST(Ptm, ASwitchKeepsItsManagementPort) {
  const auto graph = read_text("t.dot", "graph G { leaf:eth0 -- oob:swp1; leaf:swp1 -- leaf:swp2 }");
  EXPECT_THAT(link_ids(graph), ElementsAre("switch/leaf:eth0--switch/oob:swp1", "switch/leaf:swp1--switch/leaf:swp2"));
}

TEST(Ptm, BrokenFilesNameTheirLine) {
  EXPECT_THAT(error_of("t.dot", "graph G {\n a:swp1 -- b:swp1\n a -- b\n}"), HasSubstr("t.dot:3: expected a port"));
  EXPECT_THAT(error_of("t.dot", "graph G {\n a:swp1 -- b:swp1\n a:swp1 -- c:swp1\n}"),
              HasSubstr("t.dot:3: switch/a:swp1 has a cable already, on line 2"));
  EXPECT_THAT(error_of("t.dot", "graph G {\n n1:eth0 -- b:swp1\n c:swp1 -- n1:eth0\n}"),
              HasSubstr("t.dot:3: nic/n1/eth0 has a cable already, on line 2"));
  EXPECT_THAT(error_of("t.dot", "graph G {\n\n a:swp1 -- a:swp1 }"), HasSubstr("t.dot:3: a cable leads from"));
  EXPECT_THAT(error_of("t.dot", "graph G {\n a:swp1 -- b:swp1\n"), HasSubstr("t.dot:3: expected \"NODE\":\"PORT\""));
  EXPECT_THAT(error_of("t.dot", "graph G {\n a:swp1 -- \"b\n"), HasSubstr("a quote is not closed"));
  EXPECT_THAT(error_of("t.dot", "graph G { a:swp1 -- b:swp1 }\n}"), HasSubstr("t.dot:2: expected the end"));
  EXPECT_THAT(error_of("t.dot", "graph G {\n a:\x1b -- b:swp1 }"), HasSubstr("not '\\x1b'"));
}

TEST(Ptm, OneCableToldTwiceIsOne) {
  EXPECT_EQ(read_text("t.dot", "graph G { a:swp1 -- b:swp2; b:swp2 -- a:swp1 }").link_count(), 1U);
}

TEST(Ndt, ReadsSwitchesAndBothFormsOfHosts) {
  const auto graph = read_text("fabric.ndt",
                               "#StartDevice,StartPort,EndDevice,EndPort,LinkType\r\n"
                               "leaf1,Port 21,spine1,Blade 16_Port 2/20,Data\r\n"
                               "node00003 mlx5_5,Port 1,leaf1,Port 1, Data\r\n"
                               "node00004 HCA-1,1,leaf1,Port 2,Data\r\n"
                               "node7,node7 ibp11s0f0,leaf1,Port 3,Data\r\n"
                               "leaf1,mgmt0,oob,Port 1,Management");
  EXPECT_THAT(link_ids(graph),
              UnorderedElementsAre("switch/leaf1:21--switch/spine1:Blade_16_Port_2/20",
                                   "nic/node00003/mlx5_5:1--switch/leaf1:1", "nic/node00004/HCA-1:1--switch/leaf1:2",
                                   "nic/node7/ibp11s0f0--switch/leaf1:3"));
}

TEST(Ndt, ReadsTheFormWithRacks) {
  const auto graph = read_text("n.csv",
                               "rack #,U height,#Fields:StartDevice,StartPort,StartDeviceLocation,EndDevice,EndPort,"
                               "EndDeviceLocation,U height_1,LinkType,Speed,_2,State,Domain\n"
                               ",,\"MF0;sw1:MQM8700/U1\",Port 26,,n64 mlx5_0,Port 1,,,,,,Active,In-Scope\n\n"
                               "#,,old,Port 2,,old,Port 1,,,,,,Active,In-Scope\n,,,,,\n");
  EXPECT_THAT(link_ids(graph), ElementsAre("nic/n64/mlx5_0:1--switch/MF0;sw1_MQM8700_U1:26"));
}

TEST(Ndt, BrokenFilesNameTheirLine) {
  const std::string header = "StartDevice,StartPort,EndDevice,EndPort\n";
  EXPECT_THAT(error_of("n.csv", header + "a,Port 1,b\n"), HasSubstr("n.csv:2: expected endport, found nothing"));
  EXPECT_THAT(error_of("n.csv", header + "a,Port 1,b,Port 1\na,Port 2,b,Port 1\n"),
              HasSubstr("n.csv:3: switch/b:1 has a cable already, on line 2"));
  EXPECT_THAT(error_of("n.csv", header + "a,\"Port 1,b,Port 1\n"), HasSubstr("n.csv:2: a quote is not closed"));
  EXPECT_THAT(error_of("n.csv", "StartDevice,StartPort,Rear EndDevice,EndPort\n"),
              HasSubstr("n.csv:1: expected a column enddevice"));
}

}  // namespace
}  // namespace plumb::topology
