// A part's life in the history, and the history as a whole, for people. Prints; judges nothing.
#pragma once

#include "reports/history_store.h"

namespace plumb::reports {

/// The answers to one question over the runs.
struct LifeLine {
  std::string question;
  std::vector<std::optional<StoredValue>> values;  // by run of Life::runs; of several parts their medians
};

struct Life {
  std::string component;
  std::size_t parts = 0;  // that it is, or that belong to it
  std::vector<RunRecord> runs;
  std::vector<LifeLine> lines;
  std::vector<Flag> flags;  // of the part itself, by run
};

/// In `runs`, which are in order of start. Throws Error when the history does not know the part.
Life life_of(const HistoryStore& store, const std::string& component, std::vector<RunRecord> runs);
/// What `now` has other than `before`: "driver 560.1, nccl 2.28.9".
std::string changes_text(const std::map<std::string, std::string>& before,
                         const std::map<std::string, std::string>& now);

/// A sparkline and a table: "bandwidth out  ▇▇▇▆▂  100 % … 81 % of its peers". The last `rows` runs.
std::string life_text(const Life& life, std::size_t rows);
/// A plain SVG picture of the same.
std::string life_svg(const Life& life);
/// All runs with their versions where these changed, then serial numbers that were flagged again and again.
std::string runs_text(const HistoryStore& store, std::size_t rows);

}  // namespace plumb::reports
