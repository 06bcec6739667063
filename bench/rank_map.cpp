#include "bench/rank_map.h"

#include <filesystem>
#include <map>

namespace plumb::bench {

std::vector<core::RankRow> map_ranks(const Ranks& ranks, const std::string& gpu) {
  std::vector<core::RankRow> rows;
  std::map<std::string, core::Integer> on_host;
  const auto gpus = ranks.gather_everywhere(gpu);
  for (const auto& host : ranks.gather_everywhere(host_name())) {
    core::RankRow row;
    row.rank = static_cast<core::Integer>(rows.size());
    row.host = host;
    row.gpu = gpus[rows.size()];
    row.local_rank = on_host[host]++;
    rows.push_back(std::move(row));
  }
  return rows;
}

void write_rank_map(const core::RunDir& dir, const std::vector<core::RankRow>& rows) {
  std::filesystem::remove(dir.table_path(core::RankRow::kTable));
  auto writer = dir.writer<core::RankRow>();
  for (const auto& row : rows) {
    writer.add(row);
  }
}

}  // namespace plumb::bench
