// Readings of port counters, as ports.csv tells them, put together.
#pragma once

#include <tsl/robin_map.h>

#include "reports/evidence.h"

namespace plumb::reports {

/// Of one run: the first reading before and the last after the measurements of each counter, appended to a list that
/// outlives it. Readings of other phases, and counters that did not answer, are left out.
class CounterIndex {
 public:
  explicit CounterIndex(std::vector<CounterReading>& counters) : counters_(counters) {}
  /// `named` has the names, the run and the place of `row`.
  void add(const core::PortRow& row, const CounterReading& named);

 private:
  struct Key {
    std::uint32_t node = 0, port = 0, counter = 0;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };

  std::vector<CounterReading>& counters_;
  tsl::robin_map<Key, std::uint32_t, KeyHash> known_;
};

}  // namespace plumb::reports
