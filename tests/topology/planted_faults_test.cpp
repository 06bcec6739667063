// What `plumb-topo check` must name, and nothing beside it, when a map is read from files and held against its plan.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <ostream>

#include "core/csv_writer.h"
#include "tests/topology/maps.h"
#include "topology/check.h"
#include "topology/file_reader.h"

namespace plumb::topology {
namespace {

/// A fabric as rows, to break.
struct Rows {
  std::vector<core::NodeRow> nodes;
  std::vector<core::LinkRow> links;
  std::vector<core::PortRow> ports;

  core::LinkRow& link(std::string_view a, std::string_view b) {
    return *std::ranges::find_if(links, [&](const auto& row) { return row.a == a && row.b == b; });
  }
  core::NodeRow& node(std::string_view id) { return *std::ranges::find(nodes, id, &core::NodeRow::id); }
  void unplug(std::string_view a, std::string_view b) {
    std::erase_if(links, [&](const auto& row) { return row.a == a && row.b == b; });
  }
  void read_counter(const std::string& counter, std::int64_t before, std::int64_t after) {
    ports.push_back({1, "before", "switch/r0-leaf1", "3", counter, before});
    ports.push_back({2, "after", "switch/r0-leaf1", "3", counter, after});
  }
};

/// 32 hosts on 4 rails; each rail has 4 leaves and 4 spines. All that a check looks at is known.
Rows healthy() {
  Rows rows;
  const auto graph = test::synthetic("rail:hosts=32,rails=4,leaf=8,spines=4");
  for (const auto& view : graph.rows()) {
    core::copy_columns(view, rows.nodes.emplace_back());
  }
  for (auto& node : rows.nodes) {
    node.guid = node.kind == "switch" || node.kind == "nic" ? "0x" + node.id : "";
    node.model = node.kind;
    node.firmware = node.kind == "nic" ? "28.39.1002" : "";
  }
  for (const auto& view : graph.link_rows()) {
    auto& link = rows.links.emplace_back();
    core::copy_columns(view, link);
    link.width = link.max_width = "4x";
    link.speed = link.max_speed = "NDR";
    link.state = "Active";
  }
  rows.ports.push_back({1, "before", "switch/r0-leaf1", "1", "symbol_error", 7});
  rows.ports.push_back({2, "after", "switch/r0-leaf1", "1", "symbol_error", 7});
  return rows;
}

/// Through the files that users have.
Graph read(const Rows& rows) {
  GraphBuilder builder;
  const FileText nodes{"nodes.csv", core::table_text(rows.nodes)};
  const FileText links{"links.csv", core::table_text(rows.links)};
  reader_of(nodes).read(nodes, builder);
  reader_of(links).read(links, builder);
  for (const auto& port : rows.ports) {
    builder.add(port);
  }
  return std::move(builder).seal();
}

std::vector<std::string> faults_of(const Graph& found, const Graph& plan) {
  std::vector<std::string> faults;
  for (const auto& row : check_map({found, &plan})) {
    if (row.status != "pass") {
      faults.push_back(row.check + " " + row.subject);
    }
  }
  return faults;
}

struct Planted {
  const char* name;
  std::function<void(Rows&)> plant;
  std::string named;  // check and subject; one cause is one row
};

std::ostream& operator<<(std::ostream& stream, const Planted& planted) { return stream << planted.name; }

class PlantedFaults : public testing::TestWithParam<Planted> {};

TEST_P(PlantedFaults, AreNamedAndNothingElse) {
  const auto plan = read(healthy());
  auto rows = healthy();
  GetParam().plant(rows);
  const auto& named = GetParam().named;
  EXPECT_EQ(faults_of(read(rows), plan), named.empty() ? std::vector<std::string>() : std::vector{named});
}

const std::vector<Planted> kPlanted{
    {"Nothing", [](Rows&) {}, ""},
    {"CablePulled", [](Rows& r) { r.unplug("switch/r0-leaf1", "switch/r0-spine2"); },
     "cable_missing switch/r0-leaf1:10--switch/r0-spine2:1"},
    {"HostCablePulled", [](Rows& r) { r.unplug("nic/n00005/nic1", "switch/r1-leaf1"); },
     "cable_missing nic/n00005/nic1:1--switch/r1-leaf1:5"},
    {"CablesSwapped",
     [](Rows& r) {
       std::swap(r.link("nic/n00001/nic0", "switch/r0-leaf1").b_port,
                 r.link("nic/n00002/nic0", "switch/r0-leaf1").b_port);
     },
     "cable_swapped nic/n00001/nic0:1--switch/r0-leaf1:2; nic/n00002/nic0:1--switch/r0-leaf1:1"},
    {"RailsSwapped",
     [](Rows& r) {
       auto &x = r.link("nic/n00001/nic0", "switch/r0-leaf1"), &y = r.link("nic/n00001/nic1", "switch/r1-leaf1");
       std::swap(x.b, y.b);
       std::swap(x.b_port, y.b_port);
     },
     "cable_swapped nic/n00001/nic0:1--switch/r1-leaf1:1; nic/n00001/nic1:1--switch/r0-leaf1:1"},
    {"CablesRotated",
     [](Rows& r) {
       auto &x = r.link("nic/n00001/nic0", "switch/r0-leaf1"), &y = r.link("nic/n00002/nic0", "switch/r0-leaf1"),
            &z = r.link("nic/n00003/nic0", "switch/r0-leaf1");
       std::swap(x.b_port, y.b_port);
       std::swap(y.b_port, z.b_port);
     },
     "cable_rotated nic/n00001/nic0:1--switch/r0-leaf1:2; nic/n00002/nic0:1--switch/r0-leaf1:3; "
     "nic/n00003/nic0:1--switch/r0-leaf1:1"},
    {"WrongPort", [](Rows& r) { r.link("nic/n00004/nic2", "switch/r2-leaf1").b_port = "61"; },
     "cable_wrong_port nic/n00004/nic2:1--switch/r2-leaf1:61"},
    {"WrongLeaf",
     [](Rows& r) {
       auto& x = r.link("nic/n00004/nic2", "switch/r2-leaf1");
       x.b = "switch/r2-leaf2";
       x.b_port = "61";
     },
     "cable_wrong_node nic/n00004/nic2:1--switch/r2-leaf2:61"},
    {"CableExtra",
     [](Rows& r) {
       auto x = r.links.front();
       x.id.clear();
       x.a = "switch/r3-leaf1";
       x.a_port = "62";
       x.b = "switch/r3-spine1";
       x.b_port = "62";
       r.links.push_back(x);
     },
     "cable_extra switch/r3-leaf1:62--switch/r3-spine1:62"},
    {"LeavesJoined",
     [](Rows& r) {
       auto x = r.links.front();
       x.id.clear();
       x.a = "switch/r3-leaf1";
       x.a_port = "62";
       x.b = "switch/r3-leaf2";
       x.b_port = "62";
       r.links.push_back(x);
     },
     "cable_extra switch/r3-leaf1:62--switch/r3-leaf2:62"},
    {"HostGone",
     [](Rows& r) {
       std::erase_if(r.links, [](const auto& l) { return l.a.starts_with("nic/n00007/"); });
       std::erase_if(r.nodes, [](const auto& n) { return n.host == "n00007"; });
     },
     "node_missing host/n00007"},
    {"SwitchGone",
     [](Rows& r) {
       std::erase_if(r.links, [](const auto& l) { return l.b == "switch/r1-spine3"; });
       std::erase_if(r.nodes, [](const auto& n) { return n.id == "switch/r1-spine3"; });
     },
     "node_missing switch/r1-spine3"},
    {"HalfWidth",
     [](Rows& r) {
       auto& x = r.link("nic/n00009/nic3", "switch/r3-leaf2");
       x.width = "2x";
       x.rate_Bps = 25e9;
     },
     "link_width nic/n00009/nic3:1--switch/r3-leaf2:1"},
    {"SlowSpeed",
     [](Rows& r) {
       auto& x = r.link("switch/r2-leaf3", "switch/r2-spine1");
       x.speed = "HDR";
       x.rate_Bps = 25e9;
     },
     "link_speed switch/r2-leaf3:9--switch/r2-spine1:3"},
    {"SetSlow",
     [](Rows& r) {
       auto& x = r.link("switch/r2-leaf3", "switch/r2-spine1");
       x.speed = x.max_speed = "HDR";
       x.rate_Bps = 25e9;
     },
     "cable_slower_than_plan switch/r2-leaf3:9--switch/r2-spine1:3"},
    {"NotActive", [](Rows& r) { r.link("switch/r2-leaf3", "switch/r2-spine1").state = "Init"; },
     "link_state switch/r2-leaf3:9--switch/r2-spine1:3"},
    {"ErrorsRise", [](Rows& r) { r.read_counter("symbol_error", 10, 4000); }, "errors switch/r0-leaf1:3"},
    {"LinkFlapped", [](Rows& r) { r.read_counter("link_downed", 1, 3); }, "errors switch/r0-leaf1:3"},
    {"CounterFull", [](Rows& r) { r.read_counter("symbol_error", 65535, 65535); },
     "counter_saturated switch/r0-leaf1:3"},
    {"SameGuid", [](Rows& r) { r.node("nic/n00001/nic0").guid = r.node("nic/n00002/nic0").guid; },
     "duplicate_guid nic/n00002/nic0"},
    {"MixedFirmware", [](Rows& r) { r.node("nic/n00003/nic2").firmware = "28.35.2000"; }, "firmware nic/n00003/nic2"},
};

INSTANTIATE_TEST_SUITE_P(List, PlantedFaults, testing::ValuesIn(kPlanted),
                         [](const auto& planted) { return std::string(planted.param.name); });

}  // namespace
}  // namespace plumb::topology
