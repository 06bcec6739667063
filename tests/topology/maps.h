// Small maps.
#pragma once

#include <string>
#include <vector>

#include "topology/check.h"
#include "topology/source.h"

namespace plumb::test {

inline core::LinkRow cable(const std::string& a, const std::string& a_port, const std::string& b,
                           const std::string& b_port, double rate_Bps = 50e9) {
  core::LinkRow row;
  row.kind = "cable";
  row.a = a;
  row.a_port = a_port;
  row.b = b;
  row.b_port = b_port;
  row.rate_Bps = rate_Bps;
  return row;
}

/// "fat-tree:hosts=8,…"
inline topology::Graph synthetic(const std::string& spec) {
  topology::GraphBuilder builder;
  topology::synthetic_source(spec)->add_to(builder);
  return std::move(builder).seal();
}

/// `graph` with `edit` done to each of its links; a link for which it answers false is left out.
template <class Edit>
topology::Graph edited(const topology::Graph& graph, Edit&& edit) {
  topology::GraphBuilder builder;
  for (const auto& row : graph.rows()) {
    builder.add(row);
  }
  for (auto link : graph.link_rows()) {
    if (edit(link)) {
      builder.add(link);
    }
  }
  return std::move(builder).seal();
}

/// "fail link_width nic/n1/a:1--switch/s:1" for each row that is no pass, in the order of the rows.
inline std::vector<std::string> faults(topology::CheckFunction check, const topology::Checked& checked) {
  std::vector<core::CheckRow> rows;
  check(checked, rows);
  std::vector<std::string> texts;
  for (const auto& row : rows) {
    if (row.status != "pass") {
      texts.push_back(row.status + " " + row.check + " " + row.subject);
    }
  }
  return texts;
}
inline std::vector<std::string> faults(topology::CheckFunction check, const topology::Graph& graph) {
  return faults(check, topology::Checked{graph});
}

/// What the one row of `check` that is no pass observed, and what was expected; or that there is no such row.
inline std::string told(topology::CheckFunction check, const topology::Checked& checked) {
  std::vector<core::CheckRow> rows;
  check(checked, rows);
  std::erase_if(rows, [](const core::CheckRow& row) { return row.status == "pass"; });
  return rows.size() == 1 ? rows[0].observed + " | " + rows[0].expected : std::to_string(rows.size()) + " rows";
}
inline std::string told(topology::CheckFunction check, const topology::Graph& graph) {
  return told(check, topology::Checked{graph});
}

/// Observed in the pass rows of `check`.
inline std::vector<std::string> passes(topology::CheckFunction check, const topology::Graph& graph) {
  std::vector<core::CheckRow> rows;
  check({graph}, rows);
  std::vector<std::string> texts;
  for (const auto& row : rows) {
    if (row.status == "pass") {
      texts.push_back(row.check + ": " + row.observed);
    }
  }
  return texts;
}

}  // namespace plumb::test
