// The rows of what all groups measured, with ranks as the job numbers them.
#pragma once

#include <vector>

#include "bench/case_result.h"
#include "bench/rank_groups.h"

namespace plumb::bench {

/// A row a group, on rank 0 of the job. Called by all ranks, each with the result of its own group.
std::vector<core::CaseRow> case_rows(const CaseResult& result, const RankGroups& groups);
/// The same of samples.csv.
std::vector<core::SampleRow> sample_rows(const CaseResult& result, const RankGroups& groups);

}  // namespace plumb::bench
