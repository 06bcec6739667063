// How two sources' rows of one part become one.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "core/csv_writer.h"
#include "core/rows.h"

namespace plumb::topology {

/// One source knows the maker's and the device's number only, another the board too.
inline bool adds_board(std::string_view column, std::string_view model, std::string_view more) {
  return column == "model" && more.size() > model.size() && more.starts_with(model);
}
template <class Value>
bool adds_board(std::string_view, const Value&, const Value&) {
  return false;
}

template <class Value>
bool are_same(std::string_view, const Value& one, const Value& other) {
  return one == other;
}
/// A model may be told in words or in numbers, and the numbers with or without the board.
inline bool are_same(std::string_view column, std::string_view one, std::string_view other) {
  constexpr std::string_view kNumber = "0x";
  return one == other || adds_board(column, one, other) || adds_board(column, other, one) ||
         (column == "model" && one.starts_with(kNumber) != other.starts_with(kNumber));
}
/// Sources round rates differently.
inline bool are_same(std::string_view, const core::MaybeReal& one, const core::MaybeReal& other) {
  constexpr double kRounding = 1e-3;
  return one && other && std::abs(*one - *other) <= kRounding * std::max(std::abs(*one), std::abs(*other));
}

/// Takes from `more` what `row` leaves empty.
template <class Row>
void fill_in(Row& row, const Row& more) {
  const auto fill = [&](const auto& column) {
    auto& mine = row.*column.member;
    if (mine == std::decay_t<decltype(mine)>{} || adds_board(column.name, mine, more.*column.member)) {
      mine = more.*column.member;
    }
  };
  std::apply([&](const auto&... column) { (fill(column), ...); }, Row::columns());
}

/// Where two sources differ on what a part is. That they give it different names, or saw it in different states, is no
/// conflict.
template <class Row>
void remark_conflicts(const std::string& subject, const Row& first, const Row& second,
                      std::vector<core::CheckRow>& remarks) {
  constexpr std::array<std::string_view, 4> kMayDiffer{"name", "state", "driver", "source"};
  const auto compare = [&](const auto& column) {
    const auto &one = first.*column.member, &other = second.*column.member;
    const std::decay_t<decltype(one)> empty{};
    if (one == empty || other == empty || are_same(column.name, one, other) ||
        std::ranges::count(kMayDiffer, column.name) > 0) {
      return;
    }
    std::string kept, dropped;
    core::append_cell(kept, one);
    core::append_cell(dropped, other);
    remarks.push_back({"", subject, "conflict", "warn", fmt::format("{} is {} ({})", column.name, kept, first.source),
                       fmt::format("{} ({})", dropped, second.source), "two sources differ; the first was kept"});
  };
  std::apply([&](const auto&... column) { (compare(column), ...); }, Row::columns());
}

}  // namespace plumb::topology
