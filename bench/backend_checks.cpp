#include "bench/backend_checks.h"

#include <filesystem>
#include <set>
#include <sstream>

namespace plumb::bench {
namespace {

constexpr char kEndOfCell = '\x1f', kEndOfRow = '\x1e';

std::string encoded(const std::vector<core::CheckRow>& rows) {
  std::string text;
  for (const auto& row : rows) {
    std::apply([&](const auto&... column) { ((text += row.*column.member + kEndOfCell), ...); },
               core::CheckRow::columns());
    text += kEndOfRow;
  }
  return text;
}

core::CheckRow decoded(const std::string& text) {
  core::CheckRow row;
  std::istringstream cells(text);
  std::apply([&](const auto&... column) { (std::getline(cells, row.*column.member, kEndOfCell), ...); },
             core::CheckRow::columns());
  return row;
}

}  // namespace

std::vector<core::CheckRow> gather_checks(const Ranks& ranks, const std::vector<core::CheckRow>& mine) {
  std::vector<core::CheckRow> rows;
  std::set<std::string> seen;
  for (const auto& text : ranks.gather(encoded(mine))) {
    std::istringstream stream(text);
    for (std::string row; std::getline(stream, row, kEndOfRow);) {
      if (seen.insert(row).second) {
        rows.push_back(decoded(row));
      }
    }
  }
  return rows;
}

void write_checks(const core::RunDir& dir, const std::string& writer, const std::vector<core::CheckRow>& rows) {
  if (rows.empty()) {
    return;
  }
  std::filesystem::remove(dir.table_path(core::CheckRow::kTable, writer));
  auto table = dir.writer<core::CheckRow>(writer);
  for (const auto& row : rows) {
    table.add(row);
  }
}

}  // namespace plumb::bench
