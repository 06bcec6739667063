// Shifts that many parts share, and what is left of the parts without them. Called by history_judge.cpp only.
#pragma once

#include "reports/history_judge.h"

namespace plumb::reports {

/// The shifts of one question.
std::vector<CommonShift> common_shifts(const PastRuns& past, const Series& series);

/// Takes from each part, in each run, the median of those of its kind on which tonight the same has changed; of all of
/// its kind when those are fewer than eight. Parts of a kind of fewer than four are left out: they have no peers.
void take_off_peers(const PastRuns& past, Series& series);

/// Medians of the members, by run and owner; kNotMeasured where fewer than `least` were measured.
std::vector<std::vector<float>> owner_levels(const std::vector<std::vector<float>>& levels,
                                             const std::vector<std::vector<std::uint32_t>>& members, std::size_t least);

/// Of the numbers that were measured; kNotMeasured when none was.
float median_of(std::vector<float>& values);

}  // namespace plumb::reports
