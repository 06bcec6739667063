// Rows of a run directory that several ranks have.
#pragma once

#include <string>
#include <vector>

#include "bench/ranks.h"
#include "core/csv_reader.h"
#include "core/csv_writer.h"

namespace plumb::bench {

/// Everyone's rows, rank by rank, on rank 0; empty elsewhere. Called by all ranks.
template <class Row>
std::vector<Row> gather_rows(const Ranks& ranks, const std::vector<Row>& own) {
  std::vector<Row> all;
  for (const auto& text : ranks.gather(own.empty() ? "" : core::table_text(own))) {
    if (!text.empty()) {
      core::for_each_row_of<Row>("the rows of a rank", text, [&](const Row& row, unsigned) { all.push_back(row); });
    }
  }
  return all;
}

}  // namespace plumb::bench
