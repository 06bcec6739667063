#include "topology/map_picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/topology/maps.h"
#include "topology/map_rows.h"
#include "topology/map_svg.h"

namespace plumb::topology {
namespace {

using test::cable;
using test::synthetic;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;

core::CheckRow row(const std::string& subject, const std::string& status, const std::string& check = "cable") {
  return {"", subject, check, status, "seen", "wanted", "do"};
}

Picture drawn(const Graph& graph, const std::vector<core::CheckRow>& rows = {}) {
  return draw_map(graph, placed(graph, marks_of(rows)));
}

std::multiset<std::string> ids(const Picture& picture) {
  std::multiset<std::string> all;
  for (const auto& box : picture.boxes) {
    if (!box.id.empty()) {
      all.insert(box.id);
    }
  }
  return all;
}

const Box* box_of(const Picture& picture, const std::string& id) {
  const auto found = std::ranges::find(picture.boxes, id, &Box::id);
  return found == picture.boxes.end() ? nullptr : &*found;
}

std::string label_with(const Picture& picture, const std::string& part) {
  for (const auto& label : picture.labels) {
    if (label.text.find(part) != std::string::npos) {
      return label.text;
    }
  }
  return "";
}

std::size_t cables_of(const Picture& picture) {  // by the tips of the lines
  std::size_t cables = 0;
  for (const auto* layer : {&picture.lines, &picture.faulty_lines}) {
    for (const auto& line : *layer) {
      const auto number = std::atoi(line.tip.c_str());
      cables += line.tip.empty() ? 0 : line.tip.find(" cables\n") < 8 ? number : 1;
    }
  }
  return cables;
}

TEST(Marks, BothCablesOfASwapAreMarked) {
  GraphBuilder builder;
  for (const auto* port : {"1", "2", "3"}) {
    builder.add(cable("nic/n" + std::string(port) + "/a", "1", "switch/s", port));
  }
  const auto graph = std::move(builder).seal();
  const auto conditions =
      placed(graph, marks_of(std::vector{row("nic/n1/a:1--switch/s:1; nic/n3/a:1--switch/s:3", "fail")}));
  const auto of = [&](const char* id) { return conditions.of_link[*graph.find_link(id)]; };
  EXPECT_EQ(of("nic/n1/a:1--switch/s:1"), Condition::fail);
  EXPECT_EQ(of("nic/n2/a:1--switch/s:2"), Condition::fine);
  EXPECT_EQ(of("nic/n3/a:1--switch/s:3"), Condition::fail);
}

TEST(MapPicture, EveryHostNicAndSwitchIsOneBoxAndEveryCableInOneLine) {
  for (const auto* const spec : {"fat-tree:hosts=32,leaf=8,spines=4", "rail:hosts=32,rails=8,leaf=16,spines=4"}) {
    const auto graph = synthetic(spec);
    const auto picture = drawn(graph);
    const auto seen = ids(picture);
    std::size_t parts = 0, cables = 0;
    for (NodeIndex n = 0; n < graph.node_count(); ++n) {
      if (graph.kind(n) != NodeKind::gpu) {
        ++parts;
        EXPECT_EQ(seen.count(std::string(graph.row(n).id)), 1) << graph.row(n).id;
      }
    }
    for (LinkIndex i = 0; i < graph.link_count(); ++i) {
      cables += graph.link(i).kind == LinkKind::cable ? 1 : 0;
    }
    EXPECT_EQ(seen.size(), parts);
    EXPECT_EQ(cables_of(picture), cables);
    EXPECT_TRUE(picture.faulty_lines.empty() || picture.faulty_lines.front().tip.empty());  // only the legend's
    EXPECT_TRUE(picture.badges.empty());
  }
}

TEST(MapPicture, BoxesStandInThePictureAndDoNotCoverEachOther) {
  for (const auto* const spec :
       {"rail:hosts=32,rails=8,leaf=16,spines=4", "rail:hosts=64,rails=2,leaf=4,spines=3,pods=4",
        "fat-tree:hosts=3000,leaf=16,spines=9,pods=60", "fat-tree:hosts=1,leaf=1,spines=1"}) {
    const auto picture = drawn(synthetic(spec));
    for (std::size_t i = 0; i < picture.boxes.size(); ++i) {
      const auto& x = picture.boxes[i];
      EXPECT_GE(x.x, 0) << spec;
      EXPECT_LE(x.x + x.width, picture.width) << spec;
      EXPECT_LE(x.y + x.height, picture.height) << spec;
      for (std::size_t j = 0; j < i; ++j) {
        const auto& y = picture.boxes[j];
        const bool apart =
            x.x + x.width <= y.x || y.x + y.width <= x.x || x.y + x.height <= y.y || y.y + y.height <= x.y;
        const bool nic_in_host = (x.look == "nic") != (y.look == "nic");
        EXPECT_TRUE(apart || nic_in_host) << spec << ": " << x.id << " and " << y.id;
      }
    }
  }
}

TEST(MapPicture, FaultsAreColouredWhereTheyAreAndListed) {
  const auto graph = synthetic("rail:hosts=8,rails=2,leaf=4,spines=2");
  const std::string link = "nic/n00001/nic0:1--switch/r0-leaf1:1";
  ASSERT_TRUE(graph.find_link(link));
  const auto picture =
      drawn(graph, {row(link, "fail"), row("switch/r1-leaf2", "warn"), row("nic/n00003/nic1", "fail"),
                    row("gpu/n00004/0", "warn"), row("switch/r0-leaf1:5", "warn"), row("nic/n00002/nic0:1", "absent"),
                    row("host/n00007", "pass"), row("nic/n00005/nic0:7--switch/r0-leaf1:60", "fail", "cable_missing")});
  EXPECT_THAT(picture.faulty_lines, Contains(AllOf(Field(&Line::id, link), Field(&Line::condition, Condition::fail))));
  EXPECT_EQ(box_of(picture, "switch/r1-leaf2")->condition, Condition::warn);
  EXPECT_EQ(box_of(picture, "nic/n00003/nic1")->condition, Condition::fail);
  EXPECT_EQ(box_of(picture, "host/n00004")->condition, Condition::warn);  // its GPU
  EXPECT_EQ(box_of(picture, "host/n00007")->condition, Condition::fine);
  EXPECT_EQ(box_of(picture, "switch/r0-leaf1")->condition, Condition::fine);  // its cable's is told of the cable
  EXPECT_THAT(picture.faulty_lines, Contains(AllOf(Field(&Line::tip, HasSubstr("switch/r0-leaf1:5--")),
                                                   Field(&Line::condition, Condition::warn))));
  EXPECT_THAT(picture.lines, Contains(AllOf(Field(&Line::id, HasSubstr("nic/n00002/nic0")),
                                            Field(&Line::condition, Condition::absent))));
  EXPECT_THAT(picture.faulty_lines,
              Contains(AllOf(Field(&Line::missing, true), Field(&Line::id, HasSubstr("n00005")))));
  EXPECT_THAT(label_with(picture, "cable_missing"), HasSubstr("n00005/nic0:7 – r0-leaf1:60"));
  EXPECT_EQ(picture.badges.size(), 2 * 7U);  // each at its place and in the list
  EXPECT_THAT(label_with(picture, "3 fail"), HasSubstr("3 fail, 3 warn, 1 could not be seen"));
}

TEST(MapPicture, WhatIsNotOnTheMapIsListedAndTheSameIsSaidOnce) {
  const auto graph = synthetic("fat-tree:hosts=4,leaf=2,spines=1");
  const auto picture = drawn(graph, {row("lldp", "absent", "source"), row("lldp", "absent", "source"),
                                     row("switch/unknown", "fail"), row("a:1--b:2--c--d", "warn")});
  EXPECT_THAT(label_with(picture, "unknown"), HasSubstr("(not on the map)"));
  EXPECT_THAT(label_with(picture, "source: "), HasSubstr("lldp (not on the map)"));
  EXPECT_EQ(picture.badges.size(), 3);
}

TEST(MapPicture, CablesThatAreDownAreDashedAndNoFault) {
  GraphBuilder builder;
  auto down = cable("host/a", "1", "switch/s", "1");
  down.state = "Down";
  builder.add(down);
  builder.add(cable("host/b", "1", "switch/s", "2"));
  const auto picture = drawn(std::move(builder).seal());
  EXPECT_THAT(picture.lines, Contains(Field(&Line::condition, Condition::absent)));
  EXPECT_TRUE(picture.badges.empty());
}

TEST(MapPicture, LargeFabricsAreAggregatedByPodWithFaultsPulledOut) {
  const auto graph = synthetic("rail:hosts=2048,rails=4,leaf=32,spines=8,pods=8,cores=4");
  std::vector<core::CheckRow> rows{row("switch/p3-r1-leaf2", "fail")};
  for (LinkIndex i = 100; i < 130; ++i) {
    rows.push_back(row(std::string(graph.link_row(i).id), "warn", "link_rate"));
  }
  const auto picture = drawn(graph, rows);
  EXPECT_LT(picture.boxes.size(), 100);
  const auto pod =
      std::ranges::find_if(picture.boxes, [](const Box& b) { return b.tip.starts_with("256 hosts, pod p3"); });
  ASSERT_NE(pod, picture.boxes.end());
  EXPECT_THAT(pod->text, testing::ElementsAre("pod p3", "256 hosts", "1,024 NICs"));
  EXPECT_EQ(cables_of(picture), static_cast<std::size_t>(graph.link_count()));
  EXPECT_EQ(picture.badges.size(), 2 * 20U);
  EXPECT_EQ(label_with(picture, "and 11 more"), "and 11 more");
  EXPECT_THAT(picture.boxes,
              Contains(AllOf(Field(&Box::condition, Condition::fail), Field(&Box::tip, HasSubstr("pod p3")))));
  EXPECT_THAT(picture.faulty_lines, Contains(Field(&Line::id, graph.link_row(100).id)));
  EXPECT_LT(svg_text(picture).size(), 200'000);
}

TEST(MapPicture, AHostWithAWrongCableStaysWithItsNeighboursAndTheCableStandsOut) {
  GraphBuilder builder;
  for (int host = 0; host < 8; ++host) {
    for (int rail = 0; rail < 4; ++rail) {
      const bool wrong = host == 2 && rail == 1;
      const auto leaf = "switch/leaf" + std::to_string(wrong ? 5 : rail + 4 * (host / 4));
      builder.add(cable("nic/n" + std::to_string(host) + "/mlx5_" + std::to_string(rail), "1", leaf,
                        std::to_string(wrong ? 30 : host % 4 + 1)));
    }
  }
  const auto graph = std::move(builder).seal();
  const auto rows = map_rows(graph);
  EXPECT_EQ(rows.group_of[*graph.find("host/n2")], rows.group_of[*graph.find("host/n1")]);
  EXPECT_NE(rows.group_of[*graph.find("host/n2")], rows.group_of[*graph.find("host/n5")]);
  EXPECT_EQ(rows.rail_of[*graph.find("switch/leaf5")], 1);  // of most of its NICs
  EXPECT_THAT(drawn(graph).lines, Contains(Field(&Line::tip, HasSubstr("nic/n2/mlx5_1:1--switch/leaf5:30"))));
}

TEST(MapPicture, NamesAreText) {
  GraphBuilder builder;
  builder.add(cable("host/<script>alert(1)</script>", "1", "switch/\"><img onerror='x'>&", "1"));
  builder.add(cable("host/\x1b[31m\xff", "1", "switch/]]>--", "1"));
  const auto graph = std::move(builder).seal();
  const auto picture = drawn(graph, {row("<b>\n", "fail", "<i>")});
  const auto text = svg_text(picture);
  for (const auto* const bad : {"<script", "<img", "<b>", "<i>", "\x1b", "\xff"}) {
    EXPECT_EQ(text.find(bad), std::string::npos) << bad;
  }
  EXPECT_NE(html_text(picture).find(text), std::string::npos);
  EXPECT_NE(text.find("&lt;script&gt;alert(1)&lt;/script&gt;"), std::string::npos);
}

TEST(MapPicture, OddMapsAreDrawnToo) {
  GraphBuilder builder;
  builder.add(cable("nic/a/x", "1", "nic/b/y", "1"));         // back to back
  builder.add(cable("switch/s1", "1", "switch/s2", "1", 0));  // without hosts, without a rate
  builder.add(cable("nic/a/x", "2", "nic/a/z", "1"));         // within a host
  core::NodeRow lonely;
  lonely.id = "host/lonely";
  builder.add(lonely);
  const auto graph = std::move(builder).seal();
  const auto picture = drawn(graph, {row("nic/a/x:2--nic/a/z:1", "fail")});
  EXPECT_NE(box_of(picture, "host/lonely"), nullptr);
  EXPECT_NE(box_of(picture, "switch/s2"), nullptr);
  EXPECT_EQ(cables_of(picture), 3);
  EXPECT_EQ(svg_text(picture).find("nan"), std::string::npos);
  GraphBuilder nothing;
  EXPECT_TRUE(drawn(std::move(nothing).seal()).boxes.empty());
}

}  // namespace
}  // namespace plumb::topology
