// How the history packs the numbers of one run: the answers to one question, part by part, in blobs of a fixed number
// of parts. 220,000 parts and three questions are 414 rows and 7 MB instead of 660,000 rows.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace plumb::reports {

/// As kept: what is read back is what was judged, so that adding a run again judges the same.
struct StoredValue {
  std::uint16_t ratio_e4 = 0, level_e4 = 0;  // of 1 / 10,000; the largest stands for more
  std::uint16_t measurements = 0;            // 0: not measured
  float rate = 0;

  [[nodiscard]] double ratio() const { return ratio_e4 / 1e4; }
  [[nodiscard]] double level() const { return level_e4 / 1e4; }
  [[nodiscard]] bool is_measured() const { return measurements > 0 && level_e4 > 0; }
  friend bool operator==(const StoredValue&, const StoredValue&) = default;
};

StoredValue stored(double ratio, double level, double rate, std::uint32_t measurements);

/// Parts in a blob. 1,600 values are 16,000 bytes: one page of the file.
inline constexpr std::size_t kPartsInPage = 1600;

/// Little-endian, 10 bytes a value.
std::string packed(std::span<const StoredValue> values);
/// Appends to `values`. False when the size is not that of whole values.
bool unpack(std::string_view bytes, std::vector<StoredValue>& values);
/// 2 bytes each.
std::string packed(std::span<const std::uint16_t> numbers);
bool unpack(std::string_view bytes, std::vector<std::uint16_t>& numbers);

}  // namespace plumb::reports
