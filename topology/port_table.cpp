#include "topology/port_table.h"

#include <algorithm>

namespace plumb::topology {

std::uint32_t PortTable::place_of(const Table& table, std::uint64_t port) {
  const auto hash = port * 0x9e3779b97f4a7c15ULL;
  return static_cast<std::uint32_t>(hash >> 32U) & (table.size() - 1);
}

/// Where the port is, or where it would go.
std::uint32_t PortTable::slot_of(const Table& table, std::uint64_t port) const {
  auto place = place_of(table, port);
  while (slots_[table.first + place].port != port && slots_[table.first + place].port != 0) {
    place = (place + 1) & (table.size() - 1);
  }
  return table.first + place;
}

std::uint32_t PortTable::find(std::uint32_t node, std::uint64_t port) const {
  if (node >= tables_.size() || !tables_[node].exists) {
    return kFree;
  }
  return slots_[slot_of(tables_[node], port)].link;
}

void PortTable::put(std::uint32_t node, std::uint64_t port, std::uint32_t link) {
  if (node >= tables_.size()) {
    tables_.resize(std::max<std::size_t>(node + 1, 2 * tables_.size()));
  }
  auto& table = tables_[node];
  if (!table.exists) {
    table.doublings = 1;
    table.first = take(table.doublings);
    table.exists = true;
  }
  auto& slot = slots_[slot_of(table, port)];
  if (slot.port != 0) {
    return;
  }
  slot = {port, link};
  ++table.used;
  if (4 * table.used > 3 * table.size() || table.used == table.size()) {  // one stays free: it ends a search
    grow(table);
  }
}

void PortTable::expect(std::size_t ports) {
  constexpr std::size_t kSlotsAPort = 4;  // those of outgrown tables, too; what is not used costs no memory
  slots_.reserve(slots_.size() + kSlotsAPort * ports);
}

std::uint32_t PortTable::take(std::uint8_t doublings) {
  auto& unused = unused_[doublings];
  if (!unused.empty()) {
    const auto first = unused.back();
    unused.pop_back();
    return first;
  }
  const auto first = static_cast<std::uint32_t>(slots_.size());
  slots_.resize(slots_.size() + (std::size_t{1} << doublings));
  return first;
}

void PortTable::grow(Table& table) {
  const auto old = table;
  table.doublings = static_cast<std::uint8_t>(old.doublings + 1);
  table.first = take(table.doublings);
  for (auto slot = old.first; slot < old.first + old.size(); ++slot) {
    if (slots_[slot].port != 0) {
      slots_[slot_of(table, slots_[slot].port)] = slots_[slot];
      slots_[slot] = {};
    }
  }
  unused_[old.doublings].push_back(old.first);
}

}  // namespace plumb::topology
