// What backends found out about their own set-up, in checks.<backend>.<tool>.csv.
#pragma once

#include <string>
#include <vector>

#include "bench/ranks.h"
#include "core/rows.h"
#include "core/run_dir.h"

namespace plumb::bench {

/// All ranks' rows, each once, on rank 0. Called by all ranks.
std::vector<core::CheckRow> gather_checks(const Ranks& ranks, const std::vector<core::CheckRow>& mine);

/// `writer`: "ucx.plumb-pairs". Takes the place of what the same wrote into this run before. Rank 0.
void write_checks(const core::RunDir& dir, const std::string& writer, const std::vector<core::CheckRow>& rows);

}  // namespace plumb::bench
