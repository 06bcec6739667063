// The table that nccl-tests prints, so that existing runbooks and eyes work.
#pragma once

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "bench/case.h"
#include "core/rows.h"

namespace plumb::bench {

/// Prints to `out`; rank 0 only. Rows of one size come as out of place, then in place; either may be missing and is
/// then N/A.
class NcclTable {
 public:
  explicit NcclTable(std::FILE* out) : out_(out) {}

  void print_header() const;
  void add(const core::CaseRow& row, const Case& one);
  /// Prints what is left, and the footer.
  void finish();

 private:
  void print_line();
  void note_method(const core::CaseRow& row);

  std::FILE* out_;
  std::string front_;
  std::optional<core::CaseRow> out_of_place_, in_place_;
  std::int64_t wrong_ = 0, failed_ = 0, measured_ = 0;
  double busbw_sum_ = 0;
  struct Sizes {
    std::string method;
    core::Integer least, most;
  };
  std::vector<Sizes> methods_;  // in the order of the first case
};

}  // namespace plumb::bench
