#include "reports/counter_index.h"

namespace plumb::reports {
namespace {

std::uint64_t port_of(const CounterReading& reading) {
  return static_cast<std::uint64_t>(reading.node) << 32U | reading.port;
}

}  // namespace

/// Around the ring, which tools go the same way before and after.
std::uint32_t CounterIndex::find_from(std::uint32_t start, const CounterReading& named) const {
  auto at = start;
  do {
    if (counters_[at].counter == named.counter) {
      return at;
    }
    at = next_[at - first_];
  } while (at != start);
  return kNone;
}

/// A reading of its port. Mostly it is that of the row before, or its neighbour.
std::uint32_t CounterIndex::start_at(const CounterReading& named) const {
  if (at_ != kNone && port_of(counters_[at_]) == port_of(named)) {
    return at_;
  }
  const auto known = last_of_port_.find(port_of(named));
  return known == last_of_port_.end() ? kNone : next_[known->second - first_];
}

std::uint32_t CounterIndex::find(const CounterReading& named) const {
  const auto start = start_at(named);
  return start == kNone ? kNone : find_from(start, named);
}

std::uint32_t CounterIndex::append(const CounterReading& named) {
  const auto reading = static_cast<std::uint32_t>(counters_.size());
  counters_.push_back(named);
  next_.push_back(reading);
  const auto [last, is_new] = last_of_port_.try_emplace(port_of(named), reading);
  if (!is_new) {
    std::swap(next_[last->second - first_], next_.back());
    last.value() = reading;
  }
  return reading;
}

void CounterIndex::add(const core::PortRow& row, const CounterReading& named) {
  const bool before = row.phase == "before";
  if (!row.value || *row.value < 0 || (!before && row.phase != "after")) {
    return;
  }
  const auto known = find(named);
  at_ = known == kNone ? append(named) : known;
  auto& reading = counters_[at_];
  if (before && (reading.before == CounterReading::kNotRead || row.t_unix_ns < reading.before_unix_ns)) {
    reading.before = *row.value;
    reading.before_unix_ns = row.t_unix_ns;
  }
  if (!before && (reading.after == CounterReading::kNotRead || row.t_unix_ns >= reading.after_unix_ns)) {
    reading.after = *row.value;
    reading.after_unix_ns = row.t_unix_ns;
    reading.place = named.place;
  }
}

}  // namespace plumb::reports
