// What reading a fabric of full size costs: seconds of CPU and peak memory after each step of plumb-report that comes
// before judging. A table, not a test.
//
//   scale RUN_DIR
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <ctime>

#include "core/guarded_main.h"
#include "reports/evidence.h"
#include "reports/fabric.h"
#include "reports/map.h"
#include "reports/paths.h"

namespace plumb::reports {
namespace {

double cpu_s() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }
double wall_s() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
double peak_MB() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

template <class Step>
auto timed(const char* name, Step&& step) {
  const auto cpu = cpu_s(), wall = wall_s();
  auto result = step();
  fmt::print("{:<10} {:6.2f} s wall {:6.2f} s CPU {:7.0f} MB\n", name, wall_s() - wall, cpu_s() - cpu, peak_MB());
  return result;
}

core::ExitCode run(const std::string& dir) {
  const auto evidence = timed("evidence", [&] { return read_evidence({dir}); });
  auto map = timed("map", [&] { return read_map({dir}); });
  const auto fabric = timed("fabric", [&] { return std::make_unique<Fabric>(std::move(map)); });
  const auto paths = timed("paths", [&] { return paths_of(evidence, *fabric); });
  fmt::print("{} pair rows, {} nodes, {} links, {} parts, {} stretches of paths\n", evidence.pairs.size(),
             fabric->graph().node_count(), fabric->graph().link_count(), fabric->parts().size(),
             paths.touches.stretches());
  return core::ExitCode::pass;
}

}  // namespace
}  // namespace plumb::reports

int main(int argc, char** argv) {
  return plumb::core::guarded_main("scale", [&] { return plumb::reports::run(argc > 1 ? argv[1] : "."); });
}
