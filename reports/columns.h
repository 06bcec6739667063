// The measurements of each part; parts with the same measurements are one group, since nothing tells them apart.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "reports/localise.h"

namespace plumb::reports {

/// One measurement of a group.
struct Entry {
  std::uint32_t measurement = 0;
  Direction direction = Direction::both;
  std::uint8_t octaves = 0;  // sixteenths of one, of its headroom
  std::uint16_t quanta = 0;  // of its weight
  static constexpr float kQuanta = 65535, kSteps = 16;
  [[nodiscard]] float weight() const { return static_cast<float>(quanta) / kQuanta; }
  [[nodiscard]] bool may_be_hidden() const { return octaves > 0; }
  [[nodiscard]] double headroom() const { return std::exp2(static_cast<double>(octaves) / kSteps); }
};

class Columns {
 public:
  /// Keeps no reference to `incidence`.
  explicit Columns(const Incidence& incidence);

  /// Parts that no measurement touched are in no group.
  [[nodiscard]] std::uint32_t groups() const { return static_cast<std::uint32_t>(first_member_.size() - 1); }
  [[nodiscard]] std::span<const std::uint32_t> parts_of(std::uint32_t group) const {
    return {members_.data() + first_member_[group], members_.data() + first_member_[group + 1]};
  }
  /// A part touched on its own and as one of a bundle has the entries of both.
  [[nodiscard]] std::span<const Entry> entries_of(std::uint32_t group) const {
    return {entries_.data() + first_entry_[group], entries_.data() + first_entry_[group + 1]};
  }
  /// Of Touch::part: a bundle's parts may be of several groups.
  [[nodiscard]] std::span<const std::uint32_t> groups_of(std::uint32_t touched) const {
    const bool is_bundle = (touched & Touch::kBundle) != 0;
    return groups_of_column(is_bundle ? parts_ + (touched & ~Touch::kBundle) : touched);
  }

 private:
  using Signatures = std::vector<std::uint64_t>;

  /// Parts first, then bundles.
  [[nodiscard]] std::span<const std::uint32_t> groups_of_column(std::uint32_t column) const {
    return {groups_of_.data() + first_group_[column], groups_of_.data() + first_group_[column + 1]};
  }
  void sort_into_groups(const Signatures& signatures);
  void collect(const Incidence& incidence);
  void link_touches(const Incidence& incidence);

  std::uint32_t parts_ = 0;
  std::vector<std::uint32_t> group_of_part_;
  std::vector<std::uint32_t> first_member_, members_;
  std::vector<std::uint64_t> first_entry_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> first_group_, groups_of_;
  static constexpr std::uint32_t kNone = 0xffffffff;
};

}  // namespace plumb::reports
