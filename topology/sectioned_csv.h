// Several tables in one file, each between `START_NAME` and `END_NAME` with a header row of its own: ibdiagnet2.db_csv.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "topology/file_reader.h"

namespace plumb::topology {

class SectionedCsv {
 public:
  using OnRow = std::function<void()>;
  using OnHeader = std::function<OnRow()>;
  /// Where a column stands; nothing when this version of the file lacks it.
  using Column = std::optional<std::size_t>;

  explicit SectionedCsv(const FileText& file) : file_(file), lines_(file) {}

  /// Calls `on_header` at each section of this name, and what it answers at each row.
  void on(std::string name, OnHeader on_header) { sections_.emplace(std::move(name), std::move(on_header)); }
  /// Throws Error when a section does not end, or a row does not fit its header. Other sections are passed over.
  void read();
  /// Throws Error when the file had no such section.
  void require(std::string_view section) const;

  // For OnHeader: the first of these names, in any case of letters.
  [[nodiscard]] Column column(std::initializer_list<std::string_view> names) const;
  /// Throws Error when it is not there.
  [[nodiscard]] std::size_t required(std::initializer_list<std::string_view> names) const;

  // For OnRow. "N/A" and cells that are not there read as not known.
  [[nodiscard]] std::string_view text(Column column) const;
  /// A number after 0x is hexadecimal, others are in `radix`. Throws Error on anything else.
  [[nodiscard]] std::optional<std::uint64_t> number(Column column, int radix = 10) const;
  [[nodiscard]] std::uint64_t required_number(std::size_t column, int radix = 10) const;
  [[noreturn]] void fail(const std::string& message) const { lines_.fail(message); }

 private:
  void read_section(std::string_view name);
  bool next_row(std::string_view section);
  void split(std::string_view line, std::vector<std::string_view>& cells) const;

  const FileText& file_;
  Lines lines_;
  std::map<std::string, OnHeader, std::less<>> sections_;
  std::set<std::string, std::less<>> seen_;
  std::string_view row_;
  std::vector<std::string_view> header_, cells_;
};

}  // namespace plumb::topology
