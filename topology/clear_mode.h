// What most of a group have: the measure that checks hold the others against.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

namespace plumb::topology {

inline constexpr std::size_t kLeastPeers = 3;

/// The value of at least two thirds of at least kLeastPeers; nothing where no value is that common.
template <class Value>
std::optional<Value> clear_mode(std::vector<Value> values) {
  std::ranges::sort(values);
  for (auto first = values.begin(); first != values.end();) {
    const auto last = std::upper_bound(first, values.end(), *first);
    if (values.size() >= kLeastPeers && 3 * (last - first) >= 2 * std::ssize(values)) {
      return *first;
    }
    first = last;
  }
  return std::nullopt;
}

}  // namespace plumb::topology
