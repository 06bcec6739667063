#include "bench/group_rows.h"

#include "core/csv_reader.h"
#include "core/csv_writer.h"

namespace plumb::bench {
namespace {

/// Those of the first rank of each group.
template <class Row>
std::vector<Row> of_all(const RankGroups& groups, std::vector<Row> own) {
  for (auto& row : own) {
    if (row.slowest_rank) {
      row.slowest_rank = groups.in_world(static_cast<int>(*row.slowest_rank));
    }
  }
  if (!groups.are_several()) {
    return own;
  }
  std::vector<Row> all;
  for (const auto& text : groups.world().gather(groups.own().first() ? core::table_text(own) : "")) {
    if (!text.empty()) {
      core::for_each_row_of<Row>("the rows of a group", text, [&](const Row& row, unsigned) { all.push_back(row); });
    }
  }
  return all;
}

}  // namespace

std::vector<core::CaseRow> case_rows(const CaseResult& result, const RankGroups& groups) {
  return of_all(groups, std::vector{case_row(result)});
}

std::vector<core::SampleRow> sample_rows(const CaseResult& result, const RankGroups& groups) {
  return of_all(groups, sample_rows(result));
}

}  // namespace plumb::bench
