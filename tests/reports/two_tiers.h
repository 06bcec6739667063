// A small fabric with its map.
#pragma once

#include <string>

#include "tests/reports/fleet.h"
#include "topology/graph.h"

namespace plumb::test {

/// Hosts below leaves of four, each leaf with a cable to each of two spines.
struct TwoTiers {
  static constexpr int kLeaf = 4, kSpines = 2;
  int hosts = 16;
  bool with_routes = false;

  static std::string leaf(int host) { return "switch/leaf" + std::to_string(host / kLeaf); }
  static std::string spine(int n) { return "switch/spine" + std::to_string(n); }
  /// The way that traffic really takes.
  static int spine_of(int a, int b) { return (a * 7 + b * 3 + a * b) % kSpines; }

  void write(const std::filesystem::path& path) const {
    const auto dir = core::RunDir::create(path);
    auto links = dir.writer<core::LinkRow>();
    for (int h = 0; h < hosts; ++h) {
      links.add(cable(Fleet().name(h), leaf(h), h % kLeaf));
    }
    for (int h = 0; h < hosts; h += kLeaf) {
      for (int s = 0; s < kSpines; ++s) {
        links.add(cable(leaf(h), spine(s), h));
      }
    }
    links.flush();
    auto routes = dir.writer<core::RouteRow>();
    for (int a = 0; a < hosts && with_routes; ++a) {
      for (int b = 0; b < hosts; ++b) {
        add_route(a, b, routes);
      }
    }
    routes.flush();
    dir.put({.tool = "plumb-topo", .status = "complete"});
  }

  static core::LinkRow cable(const std::string& a, const std::string& b, int b_port) {
    core::LinkRow row;
    row.kind = "cable";
    row.a = a;
    row.b = b;
    row.a_port = a.starts_with("host/") ? "" : "u" + b.substr(b.size() - 1);
    row.b_port = std::to_string(b_port);
    row.rate_Bps = 50e9;
    row.source = "plan";
    return row;
  }

  static std::string id(const core::LinkRow& row) { return topology::link_id(row); }

  static void add_route(int a, int b, core::TableWriter<core::RouteRow>& routes) {
    if (a / kLeaf == b / kLeaf) {
      return;
    }
    const auto s = spine_of(a, b);
    core::Integer hop = 0;
    for (const auto& row : {cable(Fleet().name(a), leaf(a), a % kLeaf), cable(leaf(a), spine(s), a / kLeaf * kLeaf),
                            cable(leaf(b), spine(s), b / kLeaf * kLeaf), cable(Fleet().name(b), leaf(b), b % kLeaf)}) {
      routes.add({Fleet().name(a), Fleet().name(b), hop++, id(row)});
    }
  }
};

inline Fleet fleet_of(const TwoTiers& map) {
  Fleet fleet;
  fleet.hosts = map.hosts;
  return fleet;
}

}  // namespace plumb::test
