#include "core/cell.h"

#include <array>
#include <charconv>
#include <cmath>

#include "core/text.h"

namespace plumb::core {
namespace {

constexpr std::string_view kFormulaStarts = "=+-@'";

template <class Number>
bool parse_number(std::string_view cell, Number& value) {
  const char* const end = cell.data() + cell.size();
  const auto [rest, error] = std::from_chars(cell.data(), end, value);
  return error == std::errc{} && rest == end;
}

template <class Number>
void append_number(std::string& line, Number value) {
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{}) {
    line.append(text.data(), end);
  }
}

}  // namespace

void append_cell(std::string& line, std::string_view value) {
  if (value.empty()) {
    return;
  }
  std::string text = printable(value);
  if (kFormulaStarts.find(text.front()) != std::string_view::npos) {
    text.insert(text.begin(), '\'');
  }
  const bool trimmed_by_readers = text.front() == ' ' || text.back() == ' ';
  if (!trimmed_by_readers && text.find_first_of(",\"") == std::string::npos) {
    line += text;
    return;
  }
  line += '"';
  for (const char c : text) {
    line.append(c == '"' ? 2 : 1, c);
  }
  line += '"';
}

void append_cell(std::string& line, std::int64_t value) { append_number(line, value); }

void append_cell(std::string& line, double value) {
  if (std::isfinite(value)) {  // "not known" is an empty cell; there is no NaN in a run directory
    append_number(line, value);
  }
}

bool parse_cell(std::string_view cell, std::string_view& value) {
  const bool guarded = cell.size() > 1 && cell[0] == '\'' && kFormulaStarts.find(cell[1]) != std::string_view::npos;
  value = guarded ? cell.substr(1) : cell;
  return true;
}

bool parse_cell(std::string_view cell, std::string& value) {
  std::string_view text;
  const bool is_text = parse_cell(cell, text);
  value.assign(text);
  return is_text;
}

bool parse_cell(std::string_view cell, std::int64_t& value) { return parse_number(cell, value); }

bool parse_cell(std::string_view cell, double& value) { return parse_number(cell, value) && std::isfinite(value); }

}  // namespace plumb::core
