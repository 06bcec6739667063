#include "topology/sectioned_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/error.h"
#include "core/text.h"

namespace plumb::topology {
namespace {

constexpr std::string_view kStart = "START_", kEnd = "END_";

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

bool same_letters(std::string_view one, std::string_view other) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(one, other, {}, lower, lower);
}

}  // namespace

void SectionedCsv::read() {
  std::string_view line;
  while (lines_.next(line)) {
    if (line.starts_with(kStart)) {
      read_section(trimmed(line.substr(kStart.size())));
    }
  }
}

void SectionedCsv::read_section(std::string_view name) {
  seen_.emplace(name);
  const auto section = sections_.find(name);
  if (section == sections_.end()) {
    while (next_row(name)) {
    }
    return;
  }
  if (!next_row(name)) {
    return;
  }
  split(row_, header_);
  const auto on_row = section->second();
  while (next_row(name)) {
    split(row_, cells_);
    while (cells_.size() > header_.size() && cells_.back().empty()) {
      cells_.pop_back();
    }
    if (cells_.size() != header_.size()) {
      fail(fmt::format("expected {} cells, as in the header of {}, found {}", header_.size(), core::printable(name),
                       cells_.size()));
    }
    on_row();
  }
}

/// False at the end of the section.
bool SectionedCsv::next_row(std::string_view section) {
  while (lines_.next(row_)) {
    if (row_.starts_with(kEnd) && trimmed(row_.substr(kEnd.size())) == section) {
      return false;
    }
    if (row_.starts_with(kStart)) {
      break;
    }
    if (!trimmed(row_).empty()) {
      return true;
    }
  }
  fail(fmt::format("expected 'END_{}' before this; the file is cut off or mixed up", core::printable(section)));
}

void SectionedCsv::split(std::string_view line, std::vector<std::string_view>& cells) const {
  cells.clear();
  for (bool more = true; more;) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    const bool is_quoted = line.starts_with('"');
    const auto quote = is_quoted ? line.find('"', 1) : std::string_view::npos;
    if (is_quoted && quote == std::string_view::npos) {
      fail("expected a closing quote");
    }
    const auto comma = line.find(',', is_quoted ? quote : 0);
    cells.push_back(is_quoted ? line.substr(1, quote - 1) : trimmed(line.substr(0, comma)));
    more = comma != std::string_view::npos;
    line.remove_prefix(more ? comma + 1 : line.size());
  }
}

void SectionedCsv::require(std::string_view section) const {
  if (!seen_.contains(section)) {
    throw core::Error(fmt::format("{}: expected a section START_{}", file_.name, section));
  }
}

SectionedCsv::Column SectionedCsv::column(std::initializer_list<std::string_view> names) const {
  for (const auto name : names) {
    const auto found = std::ranges::find_if(header_, [&](std::string_view one) { return same_letters(one, name); });
    if (found != header_.end()) {
      return static_cast<std::size_t>(found - header_.begin());
    }
  }
  return std::nullopt;
}

std::size_t SectionedCsv::required(std::initializer_list<std::string_view> names) const {
  const auto found = column(names);
  if (!found) {
    fail(fmt::format("expected a column {}", *names.begin()));
  }
  return *found;
}

std::string_view SectionedCsv::text(Column column) const {
  const auto cell = column ? cells_[*column] : std::string_view();
  return cell == "N/A" || cell == "NA" ? std::string_view() : cell;
}

std::optional<std::uint64_t> SectionedCsv::number(Column column, int radix) const {
  auto digits = text(column);
  if (digits.empty()) {
    return std::nullopt;
  }
  const bool is_hexadecimal = digits.starts_with("0x");
  digits.remove_prefix(is_hexadecimal ? 2 : 0);
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, is_hexadecimal ? 16 : radix);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    fail(fmt::format("expected a number as {}, found '{}'", core::printable(header_[*column]),
                     core::printable(text(column))));
  }
  return value;
}

std::uint64_t SectionedCsv::required_number(std::size_t column, int radix) const {
  const auto value = number(column, radix);
  if (!value) {
    fail(fmt::format("expected a number as {}", core::printable(header_[column])));
  }
  return *value;
}

}  // namespace plumb::topology
