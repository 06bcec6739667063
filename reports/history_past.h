// From the history file to what history_judge.h judges.
#pragma once

#include "reports/history_judge.h"
#include "reports/history_store.h"

namespace plumb::reports {

struct ReadPast {
  PastRuns runs;
  std::vector<RunRecord> records;               // of the earlier runs, oldest first
  std::vector<std::vector<float>> usual_ratio;  // by question of runs.series, then by part: median of earlier runs
  std::vector<std::vector<float>> ratio;        // the same, tonight
};

/// The latest runs before tonight's, 20 at most, that measured at least half of tonight's parts.
ReadPast read_past(const HistoryStore& store, const RunSummary& tonight);

}  // namespace plumb::reports
