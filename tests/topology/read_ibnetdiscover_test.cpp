#include "topology/read_ibnetdiscover.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/topology/maps.h"
#include "tests/topology/read_text.h"
#include "topology/exporter.h"

namespace plumb::topology {
namespace {

using test::error_of;
using test::link_ids;
using test::read_text;
using test::replaced;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using testing::UnorderedElementsAre;
using testing::UnorderedElementsAreArray;

std::string plain() { return test::data_text("fabric/ibnetdiscover.topo"); }
std::string ports() { return test::data_text("fabric/ibnetdiscover-p.txt"); }

std::string all_replaced(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string full() {
  auto text = all_replaced(plain(), "HDR\n", "HDR s=4 w=2 v=4\n");
  return all_replaced(text, "EDR\n", "EDR s=4 w=2 v=4\n");
}

struct Form {
  std::string name, text;
};

class AnyForm : public testing::TestWithParam<Form> {};
INSTANTIATE_TEST_SUITE_P(Ibnetdiscover, AnyForm,
                         testing::Values(Form{"plain", plain()}, Form{"full", full()}, Form{"ports", ports()},
                                         Form{"group", test::data_text("fabric/ibnetdiscover-g.topo")},
                                         Form{"crlf", all_replaced(plain(), "\n", "\r\n")}),
                         [](const auto& form) { return form.param.name; });

TEST_P(AnyForm, TellsNodesAndCables) {
  const auto graph = read_text("f", GetParam().text);
  EXPECT_THAT(graph.remarks(), IsEmpty());
  // No SHARP node. A device's number is its own, whatever its rail; a blank at the end is none of a name.
  EXPECT_THAT(link_ids(graph),
              UnorderedElementsAre(
                  "nic/node01/mlx5_0:1--switch/leaf1:1", "nic/node01/mlx5_1:1--switch/MF0;leaf2_MQM8700_U1:1",
                  "nic/node02/HCA-1:1--switch/leaf1:2", "nic/node02/HCA-1:2--switch/MF0;leaf2_MQM8700_U1:2",
                  "switch/leaf1:21--switch/spine_\"one\":1", "switch/MF0;leaf2_MQM8700_U1:22--switch/spine_\"one\":2",
                  "switch/edge_router:1--switch/spine_\"one\":40"));
  EXPECT_TRUE(graph.find("nic/node02/HCA-1"));
  EXPECT_EQ(graph.node_count(), 9);
  EXPECT_EQ(graph.row(*graph.find("switch/edge_router")).model, "router");
}

TEST_P(AnyForm, TellsWidthAndSpeed) {
  const auto graph = read_text("f", GetParam().text);
  const auto& narrow = graph.link_row(*graph.find_link("nic/node01/mlx5_1:1--switch/MF0;leaf2_MQM8700_U1:1"));
  EXPECT_EQ(narrow.width, "2x");
  EXPECT_EQ(narrow.speed, "HDR");
  EXPECT_EQ(narrow.rate_Bps, 12.5e9);
  EXPECT_EQ(narrow.source, "ibnetdiscover");
  EXPECT_EQ(graph.link_row(*graph.find_link("nic/node02/HCA-1:2--switch/MF0;leaf2_MQM8700_U1:2")).speed, "FDR10");
}

TEST_P(AnyForm, CutOffIsAnErrorOrLacksNodes) {
  const auto& text = GetParam().text;
  const auto whole = read_text("f", text).link_count();
  for (std::size_t cut = text.size() / 2; cut < text.size(); ++cut) {
    const auto half = text.substr(0, cut);
    if (const auto error = error_of("f", half); error.empty()) {
      // Cut between two nodes: their neighbours tell that they are missing.
      const auto graph = read_text("f", half);
      EXPECT_TRUE(!graph.remarks().empty() || graph.link_count() == whole) << cut << ": " << half.substr(cut - 40);
    } else {
      EXPECT_THAT(error, StartsWith("f:"));
    }
  }
}

TEST(ReadIbnetdiscover, TellsGuidsAndModelsButNotThoseOfPorts) {
  const auto graph = read_text("f", plain());
  EXPECT_EQ(graph.row(*graph.find("switch/leaf1")).guid, "0xfc6a1c0300a10001");
  EXPECT_EQ(graph.row(*graph.find("switch/leaf1")).model, "0x02c9:0xd2f0");
  EXPECT_EQ(graph.row(*graph.find("nic/node01/mlx5_0")).model, "0x02c9:0x101b");
  const auto of_ports = read_text("f", ports());
  EXPECT_EQ(of_ports.row(*of_ports.find("nic/node01/mlx5_0")).guid, "");
}

TEST(ReadIbnetdiscover, HasEachCableOnceAndItsLids) {
  const FileText file{"f", plain()};
  const auto fabric = fabric_of_ibnetdiscover(file);
  EXPECT_EQ(fabric.links.size(), 8);
  EXPECT_EQ(fabric.nodes.size(), 8);
  EXPECT_EQ(fabric.nodes[0].lid, 3);
  EXPECT_EQ(fabric.nodes[0].ports, 41);
  EXPECT_EQ(fabric.nodes[3].lid, 5);
  EXPECT_EQ(fabric.nodes[3].system_guid, 0xfc6a1c0300c10000);
}

TEST(ReadIbnetdiscover, KeepsCablesThatOneEndTells) {
  const auto line = "[21]\t\"S-fc6a1c0300b10001\"[1]\t\t# \"spine \"one\"\" lid 4 4xHDR\n";
  const auto graph = read_text("f", replaced(plain(), line, ""));
  EXPECT_EQ(graph.link_count(), 7);
  EXPECT_THAT(graph.remarks(), IsEmpty());
}

TEST(ReadIbnetdiscover, ACableToANodeThatIsMissingMakesTheMapIncomplete) {
  const auto text = plain();
  const auto graph =
      read_text("f", text.substr(0, text.find("\nvendid=0x2c9\ndevid=0x101b\nsysimgguid=0xfc6a1c0300d10001")));
  ASSERT_EQ(graph.remarks().size(), 1);
  EXPECT_EQ(graph.remarks()[0].subject, "switch/spine_\"one\":40");
  EXPECT_EQ(graph.remarks()[0].status, "absent");
}

TEST(ReadIbnetdiscover, TakesLanesThatAreNotKnown) {
  auto text = all_replaced(plain(), "4xEDR", "?????");
  const auto graph = read_text("f", text);
  const auto& row = graph.link_row(*graph.find_link("nic/node02/HCA-1:1--switch/leaf1:2"));
  EXPECT_EQ(row.width, "");
  EXPECT_EQ(row.speed, "");
  EXPECT_EQ(row.rate_Bps, std::nullopt);
}

TEST(ReadIbnetdiscover, TakesFabricsOfSimulators) {
  const auto graph =
      read_text("f",
                "width=3\nspeed=7\n\nswitchguid=0x10\nSwitch 8 \"S-0000000000000010\" # \"a\" base port 0\n"
                "[1] \"S-0000000000000020\"[2] w=1 e=3\n\n"
                "Switch 8 \"S-0000000000000020\" # \"b\"\n[2] \"S-0000000000000010\"[1]\n");
  EXPECT_THAT(link_ids(graph), UnorderedElementsAre("switch/a:1--switch/b:2"));
}

TEST(ReadIbnetdiscover, RefusesWhatIsNoFabric) {
  EXPECT_THAT(error_of("f",
                       "\nvendid=0x2c9\nswitchguid=0x10(10)\nSwitch\t8 \"S-10\"\t\t# \"a\" base port 0 lid 1 lmc 0\n"
                       "< [1]\t\"S-20\"[2]\t\t# \"b\" lid 2 4xHDR\n"),
              AllOf(StartsWith("f:5: "), HasSubstr("--diff tells differences")));
  EXPECT_THAT(error_of("f", "< vendid=0x2c9\n< switchguid=0x10(10)\n"), HasSubstr("without --diff"));
  EXPECT_THAT(error_of("f", std::string("\x2b\x83\xe7\x8f\0\0", 6)), HasSubstr("ibnetdiscover --load-cache f"));
  EXPECT_THAT(error_of("f", "Ca\t : 0x0002c90300000010 ports 1 devid 0x101b vendid 0x2c9 \"n1 mlx5_0\"\n"),
              HasSubstr("run ibnetdiscover without -l"));
}

struct Fault {
  std::string from, to, says;
};

TEST(ReadIbnetdiscover, SaysWhereAFileIsBrokenAndWhatItExpected) {
  for (const auto& [from, to, says] : std::vector<Fault>{
           {"devid=0xd2f0", "devid=", "f:7: expected a number such as 0x2c9"},
           {"# \"MF0", "\"MF0", "f:10: expected a node such as Switch 41"},
           {"41 \"S-fc6a1c0300a20001", "41 \"S-fc6a1c0300a20002", "f:10: expected GUID 0xfc6a1c0300a20001"},
           {"Switch\t41", "Swatch\t41", "f:10: expected a line of ibnetdiscover, found 'Swatch"},
           {"[1]\t\"H-", "[1]\t\"Q-", "f:11: expected a port such as"},
           {"[1]\t\"H-", "[x]\t\"H-", "f:11: expected a port such as"},
           {"[1]\t\"H-", "[42]\t\"H-", "f:11: expected ports from 1, at most 41 here; found 42 and 1"},
           {"2xHDR", "2xhdr", "f:11: expected lid, width and speed"},
           {"lid 6 2xHDR", "2xHDR", "f:11: expected lid, width and speed"},
           {"lid 3 lmc 0\n", "lid 3 lmc 0\n\n", "f:12: expected a line Switch, Ca or Rt before"},
           {"Switch\t41 \"S-fc6a1c0300a20001\"\t\t# \"MF0;leaf2:MQM8700/U1\" enhanced port 0 lid 3 lmc 0\n", "",
            "f:10: expected a line Switch, Ca or Rt before"},
           {"\n\nvendid=0x2c9\ndevid=0xd2f0", "\n\nvendid=0x2c9\n\nvendid=0x2c9",
            "f:8: the block that begins in line 6 has no line Switch"}}) {
    EXPECT_THAT(error_of("f", replaced(plain(), from, to)), StartsWith(says));
  }
}

TEST(ReadIbnetdiscover, SaysWhichBlockIsCut) {
  auto text = plain();
  text.pop_back();
  EXPECT_THAT(error_of("f", text), HasSubstr("the file is cut in the block of 'edge router'"));
  EXPECT_THAT(error_of("f", text.substr(0, text.rfind('[', text.rfind('[') - 1))),
              HasSubstr("cut in the block of 'edge router': its port 1"));
  EXPECT_THAT(error_of("f", text.substr(0, text.rfind("Rt\t"))),
              HasSubstr("the file is cut in the block that begins in line"));
}

TEST(ReadIbnetdiscoverPorts, SaysWhereAFileIsBrokenAndWhatItExpected) {
  for (const auto& [from, to, says] :
       std::vector<Fault>{{"- SW     3  2", "- XX     3  2", "f:1: expected a port such as"},
                          {"' - 'MF0", "' + 'MF0", "f:1: expected a port such as"},
                          {"'edge router'", "'edge router", "f:6: expected a port such as"},
                          {"4x EDR", "", "f:2: expected a port such as"}}) {
    EXPECT_THAT(error_of("f", replaced(ports(), from, to)), StartsWith(says)) << from;
  }
  const auto text = ports();
  EXPECT_THAT(error_of("f", text.substr(0, text.rfind("SW "))), HasSubstr("cut at the ports of 'MF0;leaf2"));
}

std::vector<std::string> cables(const Graph& graph) {
  std::vector<std::string> all;
  for (const auto& row : graph.link_rows()) {
    if (row.kind == "cable") {
      all.push_back(fmt::format("{} {:.6g}", row.id, row.rate_Bps.value_or(0)));
    }
  }
  return all;
}

std::vector<std::string> ids(const Graph& graph) {
  std::vector<std::string> all;
  for (const auto& row : graph.rows()) {
    if (row.kind != "gpu") {
      all.emplace_back(row.id);
    }
  }
  return all;
}

class RoundTrip : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Ibnetdiscover, RoundTrip,
                         testing::Values("fat-tree:hosts=32,leaf=8,spines=4,gbits=200", "rail:hosts=8,rails=4,leaf=4",
                                         "fat-tree:hosts=64,leaf=8,spines=2,pods=4,cores=2,gbits=100"));

TEST_P(RoundTrip, ExportedAndReadIsTheSame) {
  const auto graph = test::synthetic(GetParam());
  const auto again = read_text("f", exporter_of("ibnetdiscover").text(graph, {}));
  EXPECT_THAT(ids(again), UnorderedElementsAreArray(ids(graph)));
  EXPECT_THAT(cables(again), UnorderedElementsAreArray(cables(graph)));
  EXPECT_THAT(again.remarks(), IsEmpty());
}

TEST(RoundTrip, OfWhatAFileSaid) {
  // The last has two adapters of one name, which their GUIDs tell apart.
  for (const auto& text : {plain(), ports(), replaced(plain(), "\"node01 mlx5_1 \"\n", "\"node01 mlx5_0\"\n")}) {
    const auto graph = read_text("f", all_replaced(text, "spine \"one\"", "spine one"));
    const auto again = read_text("f", exporter_of("ibnetdiscover").text(graph, {}));
    EXPECT_THAT(ids(again), UnorderedElementsAreArray(ids(graph)));
    EXPECT_THAT(cables(again), UnorderedElementsAreArray(cables(graph)));
    EXPECT_EQ(again.remarks().size(), graph.remarks().size());
  }
}

}  // namespace
}  // namespace plumb::topology
