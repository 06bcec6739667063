// The history in report.html: what was compared with earlier runs, and suspects and repeat offenders run by run. Called
// by history.cpp only.
#pragma once

#include "core/json_file.h"
#include "reports/history_findings.h"

namespace plumb::reports {

/// How many earlier runs were compared, and what got slower: in the words of the findings' evidence.
core::Json page_compared(const std::vector<CommonShift>& common, const std::vector<PartShift>& parts,
                         const HistoryContext& context);

/// The latest runs up to tonight's, which is in `store` already; suspects of failing and warning findings, and parts
/// that several of these runs flagged, in each of them. Parts that the same measurements go through have one life.
core::Json page_lives(const HistoryStore& store, const RunSummary& tonight, const core::Verdict& verdict,
                      const Serials& serials);

}  // namespace plumb::reports
