// What rows of cases.csv tell.
#pragma once

#include "core/rows.h"

namespace plumb::reports {

/// Measured, on GPUs that ranks do not share.
inline bool tells_speed(const core::CaseRow& row) { return row.status == "ok" && row.memory != "shared-gpu"; }

/// Measured, and so large that latency is no matter: from 1 MiB a rank on. It then has a busbw.
inline bool tells_bandwidth(const core::CaseRow& row) {
  constexpr core::Integer kBytesARank = 1 << 20;
  return row.status == "ok" && row.busbw_Bps && row.bytes >= kBytesARank * row.ranks;
}

}  // namespace plumb::reports
