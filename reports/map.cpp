#include "reports/map.h"

#include <fmt/format.h>

#include "core/error.h"
#include "core/run_dir.h"
#include "core/text.h"
#include "topology/source.h"

namespace plumb::reports {
namespace {

template <class Index>
Index known(std::optional<Index> index, const std::string& id, const std::string& file, unsigned line) {
  if (!index) {
    throw core::Error(fmt::format("{}:{}: {} is not in nodes.csv or links.csv", file, line, core::printable(id)));
  }
  return *index;
}

void read_routes(const core::RunDir& dir, Map& map) {
  dir.for_each<core::RouteRow>([&](const core::RouteRow& row, const std::string& name, unsigned line) {
    const auto file = (dir.path() / name).string();
    const auto src = known(map.graph.find(row.src), row.src, file, line);
    const auto dst = known(map.graph.find(row.dst), row.dst, file, line);
    auto& cables = map.routes[{src, dst}];
    if (row.hop < 0 || static_cast<std::size_t>(row.hop) < cables.size()) {
      return;  // another run told this route already
    }
    if (static_cast<std::size_t>(row.hop) > cables.size()) {
      throw core::Error(fmt::format("{}:{}: hop {} of {} to {} comes before hop {}", file, line, row.hop,
                                    core::printable(row.src), core::printable(row.dst), cables.size()));
    }
    cables.push_back(known(map.graph.find_link(row.link), row.link, file, line));
  });
}

}  // namespace

Map read_map(const std::vector<std::filesystem::path>& run_dirs) {
  topology::GraphBuilder builder;
  for (const auto& dir : run_dirs) {
    topology::run_dir_source(dir.string(), topology::RunDirTells::parts)->add_to(builder);
  }
  Map map{std::move(builder).seal(), {}};
  for (const auto& dir : run_dirs) {
    read_routes(core::RunDir::open(dir), map);
  }
  return map;
}

}  // namespace plumb::reports
