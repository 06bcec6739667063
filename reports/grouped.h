// Values by group, millions of them, one after the other in memory.
#pragma once

#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

namespace plumb::reports {

template <class Value>
class Grouped {
 public:
  /// `each(visit)` calls visit(group, value) for all of them. It is called twice, and has to tell the same.
  template <class Each>
  Grouped(std::size_t groups, Each&& each) : first_(groups + 1) {
    each([&](std::size_t group, const Value&) { ++first_[group + 1]; });
    std::partial_sum(first_.begin(), first_.end(), first_.begin());
    values_.resize(first_.back());
    auto next = first_;
    each([&](std::size_t group, const Value& value) { values_[next[group]++] = value; });
  }

  [[nodiscard]] std::size_t groups() const { return first_.size() - 1; }
  /// In the order in which they were told. May be sorted.
  [[nodiscard]] std::span<Value> of(std::size_t group) {
    return std::span(values_).subspan(first_[group], first_[group + 1] - first_[group]);
  }

 private:
  std::vector<std::size_t> first_;  // of each group, among the values of all
  std::vector<Value> values_;
};

}  // namespace plumb::reports
