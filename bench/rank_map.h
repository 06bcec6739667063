// Which rank runs where.
#pragma once

#include <vector>

#include "bench/ranks.h"
#include "core/run_dir.h"

namespace plumb::bench {

/// One row a rank, on every rank. Called by all ranks.
std::vector<core::RankRow> map_ranks(const Ranks& ranks, const std::string& gpu = {});

/// Replaces ranks.csv. Rank 0.
void write_rank_map(const core::RunDir& dir, const std::vector<core::RankRow>& rows);

}  // namespace plumb::bench
