#include "bench/group_rows.h"

#include "bench/gathered_rows.h"

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
  return gather_rows(groups.world(), groups.own().first() ? own : std::vector<Row>());
}

}  // namespace

std::vector<core::CaseRow> case_rows(const CaseResult& result, const RankGroups& groups) {
  return of_all(groups, std::vector{case_row(result)});
}

std::vector<core::SampleRow> sample_rows(const CaseResult& result, const RankGroups& groups) {
  return of_all(groups, sample_rows(result));
}

}  // namespace plumb::bench
