// Readings of port counters, as ports.csv tells them, put together.
#pragma once

#include <tsl/robin_map.h>

#include <vector>

#include "reports/evidence.h"
#include "topology/bundles.h"

namespace plumb::reports {

/// Of one run: the first reading before and the last after the measurements of each counter, appended to a list that
/// outlives it. Readings of other phases, and counters that did not answer, are left out.
class CounterIndex {
 public:
  explicit CounterIndex(std::vector<CounterReading>& counters) : counters_(counters), first_(counters.size()) {}
  /// `named` has the names, the run and the place of `row`.
  void add(const core::PortRow& row, const CounterReading& named);
  /// Whether a reading of the port of `named` is kept.
  [[nodiscard]] bool knows_port(const CounterReading& named) const { return start_at(named) != kNone; }

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;
  [[nodiscard]] std::uint32_t start_at(const CounterReading& named) const;
  [[nodiscard]] std::uint32_t find(const CounterReading& named) const;
  [[nodiscard]] std::uint32_t find_from(std::uint32_t start, const CounterReading& named) const;
  std::uint32_t append(const CounterReading& named);

  std::vector<CounterReading>& counters_;
  std::size_t first_;                // of this run
  std::vector<std::uint32_t> next_;  // by reading of this run: the next one of the same port, in a ring
  tsl::robin_map<std::uint64_t, std::uint32_t, topology::MixedHash> last_of_port_;
  std::uint32_t at_ = kNone;  // the reading that the row before told of
};

}  // namespace plumb::reports
