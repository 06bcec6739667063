#include "core/check_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/text.h"

namespace plumb::core {
namespace {

constexpr std::size_t kShown = 50;  // of each status; checks.*.csv has them all

/// Rows about cables and nodes list several; each gets a line of its own.
std::string labelled(std::string_view label, const CheckRow& row, std::string_view text) {
  const bool is_list = row.check.starts_with("cable") || row.check.starts_with("node");
  std::string lines;
  while (!text.empty()) {
    const auto end = is_list ? std::min(text.find("; "), text.size()) : text.size();
    lines += fmt::format("      {:<10}{}\n", lines.empty() ? label : "", printable(text.substr(0, end)));
    text.remove_prefix(std::min(end + 2, text.size()));
  }
  return lines;
}

/// Where the row speaks of cables, their ends say more than an id.
std::string heading(const CheckRow& row, std::string_view word) {
  const bool says_where = row.check.starts_with("cable_") && row.check != "cable_slower_than_plan";
  const auto subject = row.subject.empty() || says_where ? "" : "  " + row.subject;
  return fmt::format("{}  {}{}", word, printable(row.check), printable(subject));
}

std::string lines_of(const CheckRow& row, std::string_view word) {
  if (row.status == "pass") {
    return fmt::format("{}: {}\n", heading(row, word), printable(row.observed));
  }
  return heading(row, word) + "\n" + labelled("found", row, row.observed) + labelled("expected", row, row.expected) +
         labelled("do", row, row.advice);
}

std::string lines_of(std::span<const CheckRow> rows, std::string_view status, std::string_view word) {
  std::string text;
  std::size_t number = 0;
  for (const auto& row : rows) {
    if (row.status == status && ++number <= kShown) {
      text += lines_of(row, word);
    }
  }
  return number > kShown ? text + fmt::format("{:6}and {} more\n", "", number - kShown) : text;
}

}  // namespace

std::string check_text(std::span<const CheckRow> rows) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kWords{
      {{"fail", "FAIL"}, {"warn", "WARN"}, {"absent", "??? "}, {"pass", "ok  "}}};
  std::string text;
  for (const auto& [status, word] : kWords) {
    text += lines_of(rows, status, word);
  }
  const auto count = [&](std::string_view status) { return std::ranges::count(rows, status, &CheckRow::status); };
  if (rows.empty()) {
    return "";
  }
  return text + fmt::format("{} wrong, {} to look at, {} not seen\n", count("fail"), count("warn"), count("absent"));
}

}  // namespace plumb::core
