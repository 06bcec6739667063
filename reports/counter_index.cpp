#include "reports/counter_index.h"

namespace plumb::reports {

std::size_t CounterIndex::KeyHash::operator()(const Key& key) const {
  constexpr std::uint64_t kMix = 0x9e3779b97f4a7c15ULL;
  auto hash = (static_cast<std::uint64_t>(key.node) << 32U | key.port) * kMix;
  hash = (hash ^ hash >> 32U ^ key.counter) * kMix;
  return hash ^ hash >> 29U;
}

void CounterIndex::add(const core::PortRow& row, const CounterReading& named) {
  const bool before = row.phase == "before";
  if (!row.value || *row.value < 0 || (!before && row.phase != "after")) {
    return;
  }
  const auto [at, is_new] = known_.emplace(Key{named.node, named.port, named.counter}, counters_.size());
  if (is_new) {
    counters_.push_back(named);
  }
  auto& reading = counters_[at->second];
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
