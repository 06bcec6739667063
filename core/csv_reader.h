// Reads typed rows of one CSV file through fast-cpp-csv-parser.
#pragma once

#define CSV_IO_NO_THREAD  // a thread a file costs more than it reads ahead: there may be one file a host
#pragma GCC diagnostic push
#ifndef __clang__                                       // which has no such warning
#pragma GCC diagnostic ignored "-Wstringop-truncation"  // its file_name buffer cuts long names on purpose
#endif
#include <libfccp/csv.h>
#pragma GCC diagnostic pop

#include <array>
#include <filesystem>
#include <string>

#include "core/cell.h"
#include "core/error.h"
#include "core/rows.h"

namespace plumb::core {

/// What to do with a last line that a crash cut off (it has no line end).
enum class TruncatedTail { refuse, drop };

/// Lines of a file, told from its size and its first ones: to reserve memory. 0 when it cannot be read.
std::size_t about_lines(const std::filesystem::path& path);

namespace csv_detail {

/// Byte length of the whole lines of `path`; less than its size when the last line was cut off.
/// Throws Error when it cannot be read or is empty.
std::uintmax_t whole_lines_size(const std::filesystem::path& path, TruncatedTail tail);

/// Throws Error when `text` is empty or its last line was cut off.
void require_whole_lines(const std::string& name, std::string_view text);

[[noreturn]] void throw_bad_cell(const std::filesystem::path& path, unsigned line, std::string_view column,
                                 const char* cell);
[[noreturn]] void rethrow_located(const std::filesystem::path& path);

/// Feeds the parser no more than the whole lines of the file.
class WholeLines : public io::ByteSourceBase {
 public:
  WholeLines(const std::filesystem::path& path, std::uintmax_t size);
  ~WholeLines() override;
  WholeLines(const WholeLines&) = delete;
  WholeLines& operator=(const WholeLines&) = delete;
  int read(char* buffer, int size) override;

 private:
  int file_;
  std::uintmax_t left_;
};

template <std::size_t kColumns>
using Parser = io::CSVReader<kColumns, io::trim_chars<>, io::double_quote_escape<',', '"'>, io::throw_on_overflow>;

template <class Row, std::size_t... kIndex, class Visit>
void for_each_row(Parser<sizeof...(kIndex)>& parser, const std::string& name, std::index_sequence<kIndex...>,
                  Visit&& visit) {
  constexpr auto columns = Row::columns();
  std::array<char*, sizeof...(kIndex)> cells{};
  parser.read_header(io::ignore_extra_column | io::ignore_missing_column,
                     std::string(std::get<kIndex>(columns).name)...);
  const auto require = [&](const auto& column) {
    if (column.required && !parser.has_column(std::string(column.name))) {
      throw Error(name + ":1: required column '" + std::string(column.name) + "' is missing");
    }
  };
  (require(std::get<kIndex>(columns)), ...);
  Row row;
  static char nothing[] = "";
  const auto load = [&](const auto& column, const char* cell) {
    if (!parse_cell(cell, row.*column.member)) {
      throw_bad_cell(name, parser.get_file_line(), column.name, cell);
    }
  };
  cells.fill(nothing);
  while (parser.read_row(cells[kIndex]...)) {
    (load(std::get<kIndex>(columns), cells[kIndex]), ...);
    visit(static_cast<const Row&>(row), parser.get_file_line());
  }
}

}  // namespace csv_detail

/// Calls `visit(row, line)` for every row; the row is reused, and texts that are views end with the call. Unknown
/// columns are ignored; a missing optional one is empty. Throws Error with file, line and column.
template <class Row, class Visit>
void for_each_row(const std::filesystem::path& path, TruncatedTail tail, Visit&& visit) {
  constexpr auto kColumns = std::tuple_size_v<decltype(Row::columns())>;
  try {
    const auto size = csv_detail::whole_lines_size(path, tail);
    csv_detail::Parser<kColumns> parser(path.string(),
                                        std::unique_ptr<io::ByteSourceBase>(new csv_detail::WholeLines(path, size)));
    csv_detail::for_each_row<Row>(parser, path.string(), std::make_index_sequence<kColumns>{}, visit);
  } catch (const io::error::base&) {
    csv_detail::rethrow_located(path);
  }
}

/// The same for a file that is in memory; `name` is what errors call it.
template <class Row, class Visit>
void for_each_row_of(const std::string& name, std::string_view text, Visit&& visit) {
  constexpr auto kColumns = std::tuple_size_v<decltype(Row::columns())>;
  try {
    csv_detail::require_whole_lines(name, text);
    csv_detail::Parser<kColumns> parser(name, text.data(), text.data() + text.size());
    csv_detail::for_each_row<Row>(parser, name, std::make_index_sequence<kColumns>{}, visit);
  } catch (const io::error::base&) {
    csv_detail::rethrow_located(name);
  }
}

}  // namespace plumb::core
