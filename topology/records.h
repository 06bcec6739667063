// Lists of plain structs as bytes, between this program and its own child.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <vector>

namespace plumb::topology {

template <class Record>
void put_records(const std::vector<Record>& records, const auto& write) {
  static_assert(std::is_trivially_copyable_v<Record>);
  const std::uint64_t count = records.size();
  write(&count, sizeof count);
  write(records.data(), count * sizeof(Record));
}

/// Takes one list off the front of `bytes`; false when they end before it does.
template <class Record>
bool take_records(std::string_view& bytes, std::vector<Record>& records) {
  static_assert(std::is_trivially_copyable_v<Record>);
  std::uint64_t count = 0;
  if (bytes.size() < sizeof count) {
    return false;
  }
  std::memcpy(&count, bytes.data(), sizeof count);
  bytes.remove_prefix(sizeof count);
  if (count > bytes.size() / sizeof(Record)) {
    return false;
  }
  records.resize(count);
  if (count > 0) {
    std::memcpy(static_cast<void*>(records.data()), bytes.data(), count * sizeof(Record));
  }
  bytes.remove_prefix(count * sizeof(Record));
  return true;
}

}  // namespace plumb::topology
