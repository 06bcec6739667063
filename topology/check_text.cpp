#include "topology/check_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/text.h"

namespace plumb::topology {
namespace {

constexpr std::size_t kShown = 50;  // of each status; checks.*.csv has them all

std::string line_of(const core::CheckRow& row, std::string_view word) {
  auto line = fmt::format("{}  {:<16} {}{}{}\n", word, core::printable(row.check), core::printable(row.subject),
                          row.subject.empty() ? "" : ": ", core::printable(row.observed));
  if (!row.expected.empty() && row.status != "pass") {
    line += fmt::format("{:24}expected: {}\n", "", core::printable(row.expected));
  }
  if (!row.advice.empty()) {
    line += fmt::format("{:24}{}\n", "", core::printable(row.advice));
  }
  return line;
}

std::string lines_of(std::span<const core::CheckRow> rows, std::string_view status, std::string_view word) {
  std::string text;
  std::size_t number = 0;
  for (const auto& row : rows) {
    if (row.status == status && ++number <= kShown) {
      text += line_of(row, word);
    }
  }
  return number > kShown ? text + fmt::format("{:6}and {} more\n", "", number - kShown) : text;
}

}  // namespace

std::string check_text(std::span<const core::CheckRow> rows) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kWords{
      {{"fail", "FAIL"}, {"warn", "WARN"}, {"absent", "??? "}, {"pass", "ok  "}}};
  std::string text;
  for (const auto& [status, word] : kWords) {
    text += lines_of(rows, status, word);
  }
  const auto count = [&](std::string_view status) { return std::ranges::count(rows, status, &core::CheckRow::status); };
  if (rows.empty()) {
    return "";
  }
  return text + fmt::format("{} wrong, {} to look at, {} not seen\n", count("fail"), count("warn"), count("absent"));
}

}  // namespace plumb::topology
