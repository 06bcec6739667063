// The measurements of each part; parts with the same measurements are one group, since nothing tells them apart.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

#include "reports/localise.h"

namespace plumb::reports {

/// Weight below which a way is one of many.
inline constexpr float kThin = 0.3F;

/// One measurement of a group.
struct Entry {
  std::uint32_t measurement = 0;
  Direction direction = Direction::both;
  std::uint8_t octaves = 0;                             // sixteenths of one, of its headroom
  std::uint16_t quanta = 0;                             // of its weight
  static constexpr float kQuanta = 65535, kSteps = 16;  // to one, to an octave
  [[nodiscard]] float weight() const { return static_cast<float>(quanta) / kQuanta; }
  [[nodiscard]] bool may_be_hidden() const { return octaves > 0; }
  [[nodiscard]] double log_headroom() const { return octaves / double{kSteps} * std::numbers::ln2; }
};

/// What measurements could speak for a fault at all, by measurement.
struct Signs {
  std::vector<float> promise;  // the most that it could add to the log evidence of a part at fault; negative: it speaks
                               // against any
  std::vector<bool> is_sign;   // speaks for one
  std::vector<bool> is_low;    // does not speak against one
};

/// The most that any hypothesis gathers of log evidence by direction.
template <class Number>
Number most_of(const std::array<Number, 3>& by_direction) {
  const auto [both, out, in] = by_direction;
  return both + std::max({out + in, out, in});
}

class Columns {
 public:
  /// Groups that could gather no log evidence of `least`, with what else is known of their parts, have no entries: in
  /// a healthy fabric, nearly all. Keeps no reference.
  Columns(const Incidence& incidence, const Signs& signs, double least);

  /// Parts that no measurement touched are in no group.
  [[nodiscard]] std::uint32_t groups() const { return static_cast<std::uint32_t>(first_member_.size() - 1); }
  [[nodiscard]] std::span<const std::uint32_t> parts_of(std::uint32_t group) const {
    return {members_.data() + first_member_[group], members_.data() + first_member_[group + 1]};
  }
  /// A part touched on its own and as one of a bundle has the entries of both.
  [[nodiscard]] std::span<const Entry> entries_of(std::uint32_t group) const {
    return {entries_.data() + first_entry_[group], entries_.data() + first_entry_[group + 1]};
  }
  /// Of all its measurements, with entries or not.
  [[nodiscard]] std::uint32_t measurements_of(std::uint32_t group) const { return uses_[group].measurements; }
  [[nodiscard]] std::uint32_t signs_of(std::uint32_t group) const { return uses_[group].signs; }
  [[nodiscard]] float least_weight_of(std::uint32_t group) const { return uses_[group].least_weight; }

  /// A bundle's parts may be of several groups.
  [[nodiscard]] std::span<const std::uint32_t> groups_of(const Touch& touch) const {
    return groups_of_column(touch.is_bundle() ? parts_ + touch.bundle() : touch.part);
  }

 private:
  /// Measurements over a stretch.
  struct StretchUse {
    std::uint64_t signature = 0;  // sum over them
    std::uint32_t measurements = 0, signs = 0, low = 0;
    float promise = 0, hope = 0, clear_hope = 0;  // hope: without what speaks against it, clear: of signs only
  };
  /// Of a bundle or a part.
  struct Use {
    std::uint64_t signature = 0;
    std::uint32_t measurements = 0, signs = 0, low = 0;
    std::array<float, 3> promise{};  // by direction
    float least_weight = 1;
    void add(const Use& other);
  };

  /// Parts first, then bundles.
  [[nodiscard]] std::span<const std::uint32_t> groups_of_column(std::uint32_t column) const {
    return {groups_of_.data() + first_group_[column], groups_of_.data() + first_group_[column + 1]};
  }
  static std::vector<StretchUse> uses_of_stretches(const Incidence& incidence, const Signs& signs);
  static Use use_of(const StretchUse& stretch, const Entry& entry);
  void sort_into_groups(const std::vector<Use>& uses);
  void link_touches(const Incidence& incidence);
  void choose_candidates(const Incidence& incidence, double least);
  template <class Visit>
  void for_each_candidate(std::span<const Touch> stretch, Visit&& visit) const;
  void collect(const Incidence& incidence, const std::vector<StretchUse>& of_stretches);

  std::uint32_t parts_ = 0;
  std::vector<std::uint32_t> group_of_part_;
  std::vector<std::uint32_t> first_member_, members_;
  std::vector<Use> uses_;  // by group
  std::vector<bool> is_candidate_;
  std::vector<std::uint64_t> first_entry_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> first_group_, groups_of_;
  static constexpr std::uint32_t kNone = 0xffffffff;
};

}  // namespace plumb::reports
