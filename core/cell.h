// One CSV cell: typed value to text and back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plumb::core {

/// Append `value` as a quoted-where-needed CSV cell (RFC 4180). Control characters become \xNN, so that a row is
/// one line; text that a spreadsheet would run as a formula (= + - @ first) gets a leading apostrophe.
void append_cell(std::string& line, std::string_view value);
void append_cell(std::string& line, std::int64_t value);
void append_cell(std::string& line, double value);
template <class Value>
void append_cell(std::string& line, const std::optional<Value>& value) {
  if (value) {
    append_cell(line, *value);
  }
}

/// Parse a cell that is already unquoted. False when it does not hold such a value.
bool parse_cell(std::string_view cell, std::string& value);
/// A view into `cell`.
bool parse_cell(std::string_view cell, std::string_view& value);
bool parse_cell(std::string_view cell, std::int64_t& value);
bool parse_cell(std::string_view cell, double& value);
template <class Value>
bool parse_cell(std::string_view cell, std::optional<Value>& value) {
  if (cell.empty()) {
    value.reset();
    return true;
  }
  return parse_cell(cell, value.emplace());
}

}  // namespace plumb::core
