// Appends typed rows to one CSV file of a run directory.
#pragma once

#include <filesystem>
#include <ranges>
#include <string>

#include "core/cell.h"
#include "core/rows.h"

namespace plumb::core {

/// Appends whole lines; each flush() reaches the file system, so that a crash loses at most the rows since.
/// One writer a file.
class CsvFile {
 public:
  /// Opens for appending. An empty file gets `header`; one that has another header is refused.
  CsvFile(const std::filesystem::path& path, const std::string& header);
  ~CsvFile();
  CsvFile(CsvFile&& other) noexcept;
  CsvFile(const CsvFile&) = delete;
  CsvFile& operator=(const CsvFile&) = delete;
  CsvFile& operator=(CsvFile&&) = delete;

  void add_line(std::string_view line);
  void flush();

 private:
  std::filesystem::path path_;
  int file_ = -1;
  std::string pending_;
};

template <class Row>
std::string header_line() {
  std::string header;
  std::apply([&](const auto&... column) { ((header += header.empty() ? "" : ",", header += column.name), ...); },
             Row::columns());
  return header;
}

template <class Row>
std::string row_line(const Row& row) {
  std::string line;
  bool first = true;
  const auto add = [&](const auto& column) {
    line += first ? "" : ",";
    first = false;
    append_cell(line, row.*column.member);
  };
  std::apply([&](const auto&... column) { (add(column), ...); }, Row::columns());
  return line;
}

/// The whole table as a file's content, for files that are written at once.
template <class Rows>
std::string table_text(const Rows& rows) {
  using Row = std::ranges::range_value_t<Rows>;
  std::string text = header_line<Row>() + "\n";
  for (const auto& row : rows) {
    text += row_line(row) + "\n";
  }
  return text;
}

template <class Row>
class TableWriter {
 public:
  explicit TableWriter(const std::filesystem::path& path) : file_(path, header_line<Row>()) {}

  void add(const Row& row) { file_.add_line(row_line(row)); }
  void flush() { file_.flush(); }

 private:
  CsvFile file_;
};

}  // namespace plumb::core
