#include "topology/lldp.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/core/temporary_dir.h"
#include "tests/topology/read_text.h"
#include "topology/readers.h"
#include "topology/source.h"

namespace plumb::topology {
namespace {

using test::error_of;
using test::link_ids;
using test::read_text;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// A neighbour as json0 tells it. `capability` is on.
struct Told {
  std::string on, name, port, capability = "Bridge", age = "0 day, 00:00:05", via = "LLDP", id;
  std::string port_type = "ifname", description = "x y";
};

std::string json0_of(const Told& told) {
  const auto id = told.id.empty() ? "id-of-" + told.name : told.id;
  const auto name = told.name.empty() ? "" : fmt::format(R"("name":[{{"value":"{}"}}],)", told.name);
  const auto capability =
      told.capability.empty()
          ? ""
          : fmt::format(R"(,"capability":[{{"type":"Wlan","enabled":false}},{{"type":"{}","enabled":true}}])",
                        told.capability);
  return fmt::format(
      R"({{"name":"{}","via":"{}","rid":"1","age":"{}","chassis":[{{"id":[{{"type":"mac","value":"{}"}}],)"
      R"({}"descr":[{{"value":"Linux"}}]{}}}],"port":[{{"id":[{{"type":"{}","value":"{}"}}],)"
      R"("descr":[{{"value":"{}"}}],"ttl":[{{"value":"120"}}]}}]}})",
      told.on, told.via, told.age, id, name, capability, told.port_type, told.port, told.description);
}

std::string json0(const std::vector<Told>& neighbours) {
  std::string interfaces;
  for (const auto& told : neighbours) {
    interfaces += (interfaces.empty() ? "" : ",") + json0_of(told);
  }
  return R"({"lldp":[{"interface":[)" + interfaces + "]}]}\n";
}

std::string chassis0(const std::string& name, const std::string& capability) {
  return fmt::format(R"({{"local-chassis":[{{"chassis":[{{"id":[{{"type":"mac","value":"0c:42:a1:00:00:01"}}],)"
                     R"("name":[{{"value":"{}"}}],"capability":[{{"type":"{}","enabled":true}}]}}]}}]}})",
                     name, capability);
}

std::vector<std::string> remarks_of(const Graph& graph) {
  std::vector<std::string> all;
  for (const auto& row : graph.remarks()) {
    all.push_back(row.check + " " + row.status + " " + row.subject + ": " + row.observed + " / " + row.expected);
  }
  return all;
}

TEST(Lldp, AHostAndItsSwitches) {
  const auto graph = read_text("dir/n05.json", json0({{"eth0", "leaf0", "swp7"}, {"eth1", "leaf1", "swp7"}}));
  EXPECT_THAT(link_ids(graph), ElementsAre("nic/n05/eth0--switch/leaf0:swp7", "nic/n05/eth1--switch/leaf1:swp7"));
  EXPECT_THAT(remarks_of(graph), IsEmpty());
  EXPECT_EQ(graph.link_row(0).source, "lldp");
  EXPECT_EQ(graph.row(*graph.find("nic/n05/eth1")).host, "n05");
}

TEST(Lldp, ASwitchAndItsHostsTellTheSameCables) {
  const auto host = json0({{"eth0", "leaf0", "swp7"}});
  const auto leaf = json0({{"swp7", "n05", "eth0", "Station"}, {"swp31", "spine0", "swp1", "Router"}});
  GraphBuilder builder;
  add_lldp(parse_lldp({"n05", host}), {"n05"}, builder);
  add_lldp(parse_lldp({"leaf0", leaf}), {"leaf0"}, builder);
  const auto graph = std::move(builder).seal();
  EXPECT_THAT(link_ids(graph),
              ElementsAre("nic/n05/eth0--switch/leaf0:swp7", "switch/leaf0:swp31--switch/spine0:swp1"));
  EXPECT_THAT(remarks_of(graph), IsEmpty());
}

TEST(Lldp, PlainJsonInEachOfItsShapes) {
  const std::string one =
      R"({"via":"LLDP","age":"0 day, 00:00:05","chassis":{"leaf0":{"id":{"type":"mac","value":"a"},)"
      R"("capability":[{"type":"Bridge","enabled":true}]}},"port":{"id":{"type":"ifname","value":"swp7"}}})";
  const std::string other =
      R"({"chassis":{"leaf1":{"id":{"type":"mac","value":"b"},)"
      R"("capability":{"type":"Router","enabled":true}}},"port":{"id":{"type":"ifname","value":"swp9"}}})";
  const auto cables = [](const std::string& interface) {
    return link_ids(read_text("n05.json", R"({"lldp":{"interface":)" + interface + "}}"));
  };
  const std::string first = "nic/n05/eth0--switch/leaf0:swp7", second = "nic/n05/eth1--switch/leaf1:swp9";
  EXPECT_THAT(cables(R"({"eth0":)" + one + "}"), ElementsAre(first));
  EXPECT_THAT(cables(R"({"eth0":)" + one + R"(,"eth1":)" + other + "}"), ElementsAre(first, second));
  EXPECT_THAT(cables(R"([{"eth0":)" + one + R"(},{"eth1":)" + other + "}]"), ElementsAre(first, second));
}

TEST(Lldp, NoNeighbourIsSaid) {
  for (const auto* text : {R"({"lldp":[{}]})", R"({"lldp":{}})", R"({ "lldp": { } })"}) {
    EXPECT_THAT(remarks_of(read_text("n05.json", text)), ElementsAre(HasSubstr("lldp_neighbour warn host/n05")));
  }
}

TEST(Lldp, TheNameOfTheMachine) {
  const auto cable = json0({{"eth0", "leaf0.dc.local", "swp7"}});
  const auto id = [&](const std::string& file, const std::string& before, const std::string& host = "") {
    return link_ids(read_text(file, before + cable, host)).front();
  };
  EXPECT_EQ(id("/tmp/lldp.n05.json", ""), "nic/n05/eth0--switch/leaf0.dc.local:swp7");
  EXPECT_EQ(id("n05.json0", ""), "nic/n05/eth0--switch/leaf0.dc.local:swp7");
  EXPECT_EQ(id("neighbours.json", "", "n05"), "nic/n05/eth0--switch/leaf0.dc.local:swp7");
  EXPECT_EQ(id("neighbours.json", chassis0("n05", "Station")), "nic/n05/eth0--switch/leaf0.dc.local:swp7");
  // A file that names the host without its domain takes the domain from all.
  EXPECT_EQ(id("n05.json", chassis0("n05.dc.local", "Station")), "nic/n05/eth0--switch/leaf0:swp7");
}

TEST(Lldp, TheNameOfThePort) {
  const auto port = [](const std::string& type, const std::string& id, const std::string& description) {
    const Told told{"swp1", "n05", id, "Station", "", "LLDP", "", type, description};
    return link_ids(read_text("leaf0.json", json0({told}))).front();
  };
  EXPECT_EQ(port("ifname", "eth0", "to leaf0"), "nic/n05/eth0--switch/leaf0:swp1");
  EXPECT_EQ(port("mac", "0c:42:a1:00:00:01", "enp25s0np0"), "nic/n05/enp25s0np0--switch/leaf0:swp1");
  EXPECT_EQ(port("local", "513", "eth3"), "nic/n05/eth3--switch/leaf0:swp1");
  EXPECT_EQ(port("local", "eth4", "uplink"), "nic/n05/eth4--switch/leaf0:swp1");
  EXPECT_EQ(port("mac", "0c:42:a1:00:00:01", "to the left"), "nic/n05/0c_42_a1_00_00_01--switch/leaf0:swp1");
}

TEST(Lldp, AHostOfContainersIsNoSwitch) {
  const auto leaf = read_text("leaf0.json", json0({{"swp1", "n05", "enp25s0np0", "Router"}, {"swp2", "n06", "rdma0"}}));
  EXPECT_THAT(link_ids(leaf), ElementsAre("nic/n05/enp25s0np0--switch/leaf0:swp1", "nic/n06/rdma0--switch/leaf0:swp2"));
  const auto host = read_text("x.json", chassis0("n05", "Bridge") + json0({{"eth0", "leaf0", "swp7"}}));
  EXPECT_THAT(link_ids(host), ElementsAre("nic/n05/eth0--switch/leaf0:swp7"));
  const auto station = read_text("x.json", chassis0("n05", "Station") + json0({{"odd0", "leaf0", "swp7"}}));
  EXPECT_THAT(link_ids(station), ElementsAre("nic/n05/odd0--switch/leaf0:swp7"));
}

TEST(Lldp, WithoutCapabilitiesPortsTellWhatItIs) {
  const auto graph =
      read_text("leaf0.json", json0({{"swp1", "n05", "eth0", ""},
                                     {"swp2", "spine0", "Ethernet3", ""},
                                     {"swp3", "", "0c:42:a1:00:00:01", "", "", "LLDP", "0c:42:a1:00:00:01", "mac"}}));
  EXPECT_THAT(link_ids(graph),
              UnorderedElementsAre("nic/n05/eth0--switch/leaf0:swp1", "switch/leaf0:swp2--switch/spine0:Ethernet3",
                                   "nic/0c_42_a1_00_00_01/0c_42_a1_00_00_01--switch/leaf0:swp3"));
}

TEST(Lldp, OfTwoNeighboursOnAPortTheYoungerStands) {
  const auto graph = read_text("n05.json", json0({{"eth0", "leaf0", "swp7", "Bridge", "3 days, 01:00:00"},
                                                  {"eth0", "leaf1", "swp7", "Bridge", "0 day, 00:00:09"}}));
  EXPECT_THAT(link_ids(graph), ElementsAre("nic/n05/eth0--switch/leaf1:swp7"));
  EXPECT_THAT(remarks_of(graph),
              ElementsAre("stale_neighbour warn nic/n05/eth0: told of switch/leaf0:swp7 too, known for "
                          "262800 s / switch/leaf1:swp7, known for 9 s"));
}

TEST(Lldp, ANeighbourThatMovedIsNotAtBothPorts) {
  const auto graph = read_text("leaf0.json", json0({{"swp1", "n05", "eth0", "Station", "0 day, 00:10:00"},
                                                    {"swp2", "n05", "eth0", "Station", "0 day, 00:00:09"},
                                                    {"swp3", "n05", "eth1", "Station", "0 day, 00:10:00"}}));
  EXPECT_THAT(link_ids(graph), ElementsAre("nic/n05/eth0--switch/leaf0:swp2", "nic/n05/eth1--switch/leaf0:swp3"));
  EXPECT_THAT(remarks_of(graph),
              ElementsAre(HasSubstr("stale_neighbour warn switch/leaf0:swp1: told of nic/n05/eth0")));
}

TEST(Lldp, FirmwareAndOtherProtocolsOnAPortAreNoNews) {
  const std::string mac = "0c:42:a1:00:00:01";
  const auto graph = read_text("leaf0.json", json0({{"swp1", "", mac, "", "0 day, 00:00:01", "LLDP", mac, "mac"},
                                                    {"swp1", "n05", "eth0", "Station", "1 day, 00:00:09"},
                                                    {"swp1", "n05", "Eth 0", "Station", "0 day, 00:00:02", "CDPv2"}}));
  EXPECT_THAT(link_ids(graph), ElementsAre("nic/n05/eth0--switch/leaf0:swp1"));
  EXPECT_THAT(remarks_of(graph), IsEmpty());
}

TEST(Lldp, TwoMachinesOfOneNameAreAConflict) {
  const auto graph =
      read_text("leaf0.json", json0({{"swp1", "n05", "eth0", "Station", "", "LLDP", "0c:42:a1:00:00:01"},
                                     {"swp2", "n05", "eth0", "Station", "", "LLDP", "0c:42:a1:00:00:02"}}));
  EXPECT_THAT(remarks_of(graph), ElementsAre(HasSubstr("conflict warn host/n05: guid is 0c:42:a1:00:00:01")));
}

TEST(Lldp, AMachineThatHearsItselfIsSaid) {
  const auto graph = read_text("leaf0.json", json0({{"swp1", "leaf0", "swp1"}, {"swp2", "leaf0", "swp3"}}));
  EXPECT_THAT(link_ids(graph), ElementsAre("switch/leaf0:swp2--switch/leaf0:swp3"));
  EXPECT_THAT(remarks_of(graph), ElementsAre(HasSubstr("lldp_loop warn switch/leaf0:swp1")));
}

TEST(Lldp, NamesAreNotTrusted) {
  const auto graph = read_text("n05.json", json0({{"eth0", "le/af:\\n0", "sw\\u001bp 7"}}));
  EXPECT_THAT(link_ids(graph), ElementsAre("nic/n05/eth0--switch/le_af__x0a0:sw\\x1bp_7"));
}

TEST(Lldp, BrokenJsonNamesLineAndColumn) {
  EXPECT_THAT(error_of("n05.json", "{\n \"lldp\": [{]\n}"), HasSubstr("n05.json:2:12: "));
  EXPECT_THAT(error_of("n05.json", R"({"lldp":{}})"
                                   "\n\n {\"lldp\":{}} x"),
              HasSubstr("n05.json:3:14: "));
  EXPECT_THAT(error_of("n05.json", R"({"lldp":{}})"
                                   "\n {\"ddp\":{}}"),
              HasSubstr("n05.json:2:2: expected what lldpcli"));
  EXPECT_THAT(error_of("n05.json", R"({"lldp":{)"), HasSubstr("n05.json:1:10: "));
  EXPECT_THAT(error_of("n05.json", R"({"lldp")" + std::string(3000000, '[')), HasSubstr("n05.json:1:8: "));
  EXPECT_THAT(error_of("n05.json", R"({"lldp":)" + std::string(3000000, '[')), HasSubstr("n05.json:1:3000009: "));
}

TEST(Lldp, AnyShapeIsSurvived) {
  for (const auto* text : {R"({"lldp":7})", R"({"lldp":[[[[]]]]})", R"({"lldp":{"interface":"x"}})",
                           R"({"lldp":{"interface":[[{"a":1}],7,null,{"name":7}]}})",
                           R"({"lldp":{"interface":{"eth0":{"chassis":[],"port":7,"age":{}}}}})",
                           R"({"lldp":{"interface":{"eth0":{"chassis":{"a":1,"b":2}}}}})", R"({"local-chassis":"x"})",
                           R"({"local-chassis":{"chassis":{"id":{"id":{"value":"z"}}}}})"}) {
    EXPECT_NO_THROW(read_text("n05.json", text)) << text;
  }
  const std::string deep(2000000, '['), shallow(2000000, ']');
  EXPECT_NO_THROW(read_text("n05.json", R"({"lldp":)" + deep + shallow + "}"));
}

TEST(Lldp, WhatLldpdSaidOnAHostAndOnASwitch) {
  GraphBuilder builder;
  for (const std::string name : {"lldp.n0.json0", "leaf0.json"}) {
    read_lldp_json({name, test::data_text("ethernet/" + name)}, builder);
  }
  const auto graph = std::move(builder).seal();
  EXPECT_THAT(link_ids(graph),
              UnorderedElementsAre("nic/n0/eth1--switch/leaf0:swp1", "nic/n0/eth2--switch/leaf1:swp1",
                                   "switch/leaf0:swp31--switch/spine0:swp1", "switch/leaf0:swp32--switch/spine1:swp1",
                                   "nic/n1/eth1--switch/leaf0:swp2", "nic/n2/eth1--switch/leaf0:swp3"));
  EXPECT_THAT(remarks_of(graph), IsEmpty());
}

/// A machine with an RDMA NIC, and a daemon whose answers are files.
class FakeDaemon {
 public:
  explicit FakeDaemon(const std::string& script) {
    std::filesystem::create_directories(dir_.path() / "bin");
    std::ofstream(dir_.path() / "bin/lldpcli") << "#!/bin/sh\n" << script;
    std::filesystem::permissions(dir_.path() / "bin/lldpcli", std::filesystem::perms::owner_all);
    const auto net = dir_.path() / "sys/class/net/enp25s0np0";
    std::filesystem::create_directories(net / "device/infiniband/mlx5_3");
    std::ofstream(net / "speed") << "400000\n";
    path_ = ::getenv("PATH");
    ::setenv("PATH", ((dir_.path() / "bin").string() + ":" + path_).c_str(), 1);
  }
  ~FakeDaemon() { ::setenv("PATH", path_.c_str(), 1); }
  FakeDaemon(const FakeDaemon&) = delete;
  FakeDaemon& operator=(const FakeDaemon&) = delete;

  [[nodiscard]] std::unique_ptr<Source> source(const std::string& host) const {
    return lldp_source({.root = dir_.path().string(), .host = host, .lldp_socket = "/some where/a.sock"});
  }

 private:
  test::TemporaryDir dir_;
  std::string path_;
};

std::string answering(const std::string& chassis, const std::string& neighbours) {
  return "[ \"$1 $2\" = '-u /some where/a.sock' ] || exit 9\n[ \"$6\" = chassis ] && { cat <<'J'\n" + chassis +
         "\nJ\nexit; }\ncat <<'J'\n" + neighbours + "\nJ\n";
}

TEST(LldpLive, NicsAreCalledAsTheNodeSourceCallsThem) {
  const FakeDaemon daemon(
      answering(chassis0("n05.dc.local", "Bridge"), json0({{"enp25s0np0", "leaf0.dc.local", "swp7"}})));
  const auto source = daemon.source("n05");
  ASSERT_EQ(source->why_absent(), "");
  GraphBuilder builder;
  source->add_to(builder);
  const auto graph = std::move(builder).seal();
  EXPECT_THAT(link_ids(graph), ElementsAre("nic/n05/mlx5_3--switch/leaf0:swp7"));
  EXPECT_EQ(graph.link_row(0).rate_Bps, 50e9);
  EXPECT_EQ(graph.row(*graph.find("nic/n05/mlx5_3")).name, "mlx5_3 (enp25s0np0)");
  EXPECT_THAT(remarks_of(graph), IsEmpty());
}

TEST(LldpLive, HostAndSwitchTellOneCableWhoeverIsFirst) {
  const FakeDaemon daemon(answering(chassis0("n05", "Station"), json0({{"enp25s0np0", "leaf0", "swp7"}})));
  const auto leaf = parse_lldp({"leaf0", json0({{"swp7", "n05", "enp25s0np0", "Station"}})});
  for (const bool is_host_first : {true, false}) {
    GraphBuilder builder;
    if (is_host_first) {
      daemon.source("n05")->add_to(builder);
    }
    add_lldp(leaf, {"leaf0"}, builder);
    if (!is_host_first) {
      daemon.source("n05")->add_to(builder);
    }
    const auto graph = std::move(builder).seal();
    EXPECT_THAT(link_ids(graph), ElementsAre("nic/n05/mlx5_3--switch/leaf0:swp7"));
    EXPECT_EQ(graph.row(*graph.find("nic/n05/mlx5_3")).name, "mlx5_3 (enp25s0np0)");
    EXPECT_EQ(graph.node_count(), 3U);
    EXPECT_THAT(remarks_of(graph), IsEmpty());
  }
}

TEST(LldpLive, AnotherNameForTheMachineIsSaid) {
  const FakeDaemon daemon(answering(chassis0("gpu5", "Station"), json0({{"eth0", "leaf0", "swp7"}})));
  GraphBuilder builder;
  daemon.source("n05")->add_to(builder);
  const auto graph = std::move(builder).seal();
  EXPECT_THAT(link_ids(graph), ElementsAre("nic/n05/eth0--switch/leaf0:swp7"));
  EXPECT_THAT(remarks_of(graph), ElementsAre(HasSubstr("lldp_name warn host/n05: its neighbours know it as gpu5")));
}

TEST(LldpLive, ADaemonThatDoesNotAnswerIsAbsentWithAReason) {
  const FakeDaemon daemon("echo 'unable to connect to socket /run/lldpd.socket' >&2; exit 1");
  EXPECT_THAT(daemon.source("n05")->why_absent(), HasSubstr("unable to connect to socket"));
}

}  // namespace
}  // namespace plumb::topology
