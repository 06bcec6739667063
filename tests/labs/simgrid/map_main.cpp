// simgrid-map PLATFORM.so RUN_DIR: the plan of the simulated fabric as nodes.csv, links.csv and routes.csv.
#include <cstdlib>
#include <map>
#include <simgrid/s4u.hpp>
#include <string>
#include <vector>

#include "core/guarded_main.h"
#include "core/json_file.h"
#include "core/run_dir.h"

namespace plumb {
namespace {

namespace sg4 = simgrid::s4u;

constexpr const char* kSource = "plan";

/// Both directions of a cable A--B are links of their own: A--B_UP and A--B_DOWN.
std::string cable_of(const sg4::Link& link) { return link.get_name().substr(0, link.get_name().rfind('_')); }

std::vector<core::LinkRow> cables(const sg4::Engine& engine) {
  std::map<std::string, core::LinkRow> rows;
  for (const auto* link : engine.get_all_links()) {
    const auto id = cable_of(*link);
    if (const auto gap = id.find("--"); gap != std::string::npos) {  // else the loopback
      rows[id] = {.id = id,
                  .kind = "cable",
                  .a = id.substr(0, gap),
                  .b = id.substr(gap + 2),
                  .rate_Bps = link->get_bandwidth(),
                  .source = kSource};
    }
  }
  std::vector<core::LinkRow> sorted;
  for (auto& [id, row] : rows) {
    sorted.push_back(std::move(row));
  }
  return sorted;
}

/// The ends of the cables.
std::vector<core::NodeRow> nodes(const std::vector<core::LinkRow>& links) {
  std::map<std::string, core::NodeRow> rows;
  for (const auto& link : links) {
    for (const auto& id : {link.a, link.b}) {
      const bool is_switch = id.starts_with("switch/");
      auto& row = rows[id];
      row.id = id;
      row.kind = is_switch ? "switch" : "host";
      row.name = id.substr(id.find('/') + 1);
      row.host = is_switch ? "" : row.name;
      if (is_switch) {
        row.tier = row.name.starts_with("leaf") ? 1 : 2;
      }
      row.source = kSource;
    }
  }
  std::vector<core::NodeRow> sorted;
  for (auto& [id, row] : rows) {
    sorted.push_back(std::move(row));
  }
  return sorted;
}

std::vector<core::RouteRow> routes(const sg4::Engine& engine) {
  std::vector<core::RouteRow> rows;
  for (const auto* from : engine.get_all_hosts()) {
    for (const auto* to : engine.get_all_hosts()) {
      std::vector<sg4::Link*> way;
      double latency = 0;
      if (from != to) {
        from->route_to(to, way, &latency);
      }
      core::Integer hop = 0;
      for (const auto* link : way) {
        rows.push_back({"host/" + from->get_name(), "host/" + to->get_name(), hop++, cable_of(*link)});
      }
    }
  }
  return rows;
}

template <class Row>
void write(const core::RunDir& dir, const std::vector<Row>& rows) {
  core::write_file_atomically(dir.table_path(Row::kTable), core::table_text(rows));
}

core::ExitCode run(int argc, char** argv) {
  ::unsetenv("LAB_SLOW");  // the plan knows no faults
  sg4::Engine engine(&argc, argv);
  if (argc != 3) {
    throw core::UsageError("simgrid-map PLATFORM.so RUN_DIR");
  }
  auto manifest = core::start_manifest("simgrid-map", argc, argv);
  engine.load_platform(argv[1]);
  engine.seal_platform();
  const auto links = cables(engine);
  const auto dir = core::RunDir::create(argv[2]);
  dir.put(manifest);
  write(dir, nodes(links));
  write(dir, links);
  write(dir, routes(engine));
  dir.close(manifest);
  return core::ExitCode::pass;
}

}  // namespace
}  // namespace plumb

int main(int argc, char** argv) {
  return plumb::core::guarded_main("simgrid-map", [&] { return plumb::run(argc, argv); });
}
