// What rows of cases.csv tell.
#pragma once

#include <vector>

#include "core/rows.h"
#include "reports/evidence.h"

namespace plumb::reports {

/// Measured, on GPUs that ranks do not share.
inline bool tells_speed(const core::CaseRow& row) { return row.status == "ok" && row.memory != "shared-gpu"; }

/// Measured, and so large that latency is no matter: from 1 MiB a rank on. It then has a busbw.
inline bool tells_bandwidth(const core::CaseRow& row) {
  constexpr core::Integer kBytesARank = 1 << 20;
  return row.status == "ok" && row.busbw_Bps && row.bytes >= kBytesARank * row.ranks;
}

/// One case as groups of ranks ran it at the same time: a row a group.
using GroupCases = std::vector<const Placed<core::CaseRow>*>;

/// All of them, by run, collective, backend, memory and size.
std::vector<GroupCases> cases_of_groups(const Evidence& evidence);

}  // namespace plumb::reports
