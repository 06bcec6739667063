// What groups that run the same at the same time reach, side by side.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/rows.h"

namespace plumb::bench {

/// One row for what all groups did in a case: the slowest's, or that of one that failed; wrong elements are of all.
/// Needs a row.
core::CaseRow row_of_all(const std::vector<core::CaseRow>& groups);

class GroupSummary {
 public:
  void add(const core::CaseRow& of_group);
  /// Lines for below the table: the average of each group as long as that is readable, and the slowest. Empty without
  /// groups.
  [[nodiscard]] std::string text() const;

 private:
  struct Busbw {
    double sum_Bps = 0;
    int cases = 0;
    [[nodiscard]] double mean_Bps() const { return cases > 0 ? sum_Bps / cases : 0; }
  };
  std::map<core::Integer, Busbw> groups_;
};

}  // namespace plumb::bench
