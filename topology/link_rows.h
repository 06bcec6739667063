// Rows of links in a quarter of their memory: a fabric has a million of them, and most of what they say is the same.
#pragma once

#include <tsl/robin_map.h>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/rows.h"

namespace plumb::topology {

class LinkRows {
 public:
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  void reserve(std::size_t rows) { rows_.reserve(rows); }
  [[nodiscard]] std::size_t capacity() const { return rows_.capacity(); }

  /// Without its ends where `row` was put there without an id.
  [[nodiscard]] core::LinkView operator[](std::size_t i) const {  // here, for those who want one column of it
    const auto& [id, a_port, b_port, a_size, shared] = rows_[i];
    auto row = shared_[shared];
    row.id = id;
    row.a_port = a_port;
    row.b_port = b_port;
    if (!id.empty()) {
      constexpr std::size_t kDashes = 2;
      const auto with_colon = [](std::string_view port) { return port.empty() ? 0 : port.size() + 1; };
      row.a = id.substr(0, a_size);
      row.b = id.substr(a_size + with_colon(a_port) + kDashes);
      row.b.remove_suffix(with_colon(b_port));
    }
    return row;
  }
  /// Its texts have to live as long as this. An id says the ends, too: "A:port--B:port".
  void push_back(const core::LinkView& row) { rows_.push_back(packed(row)); }
  void set(std::size_t i, const core::LinkView& row) { rows_[i] = packed(row); }

 private:
  struct Row {
    std::string_view id, a_port, b_port;
    std::uint32_t a_size = 0;  // of the id's first end without its port
    std::uint32_t shared = 0;  // of shared_
  };
  struct SameShared {
    bool operator()(const core::LinkView& x, const core::LinkView& y) const;
  };
  struct HashShared {
    std::size_t operator()(const core::LinkView& row) const;
  };

  Row packed(const core::LinkView& row);

  std::vector<Row> rows_;
  std::vector<core::LinkView> shared_;  // what rows have in common: all but ids, ends and ports
  tsl::robin_map<core::LinkView, std::uint32_t, HashShared, SameShared> place_of_;  // in shared_
  std::uint32_t last_ = 0;
};

}  // namespace plumb::topology
