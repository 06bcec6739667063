// How likely what was measured is, when the worst part on its way has a fault of a given size. docs/verdicts.md,
// section 2, has the mathematics.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/fault_model.h"

namespace plumb::reports {

using core::factor_at;
using core::is_slow;
using core::kDisturbed;
using core::kFactors;
using core::nearest_factor;

/// A range of levels: from the first until before `end`.
struct Levels {
  std::size_t from = 0, end = 0;
  [[nodiscard]] bool empty() const { return from == end; }
};

/// Rates: a part runs at some share of its rate, and so does everything through it.
struct RateModel {
  static constexpr std::size_t kLevels = kFactors;  // worse with the index

  /// What it knows of a measurement.
  struct Measured {
    double log_ratio = 0;
    float ratio = 0;  // measured over expected
    float sigma = 0;
  };
  RateModel(std::span<const float> ratios, std::span<const float> sigmas);

  std::vector<Measured> of;  // by measurement
  double disturbed = kDisturbed;

  [[nodiscard]] double healthy(const Measured& m) const { return core::likelihood(m.log_ratio, 0, m.sigma, disturbed); }
  [[nodiscard]] double at(const Measured& m, std::size_t level) const {
    return core::likelihood(m.log_ratio, core::log_factor_at(level), m.sigma, disturbed);
  }
  /// The same where the part has more headroom than the slowest on the path, which hides that much of its fault.
  [[nodiscard]] double at(const Measured& m, std::size_t level, double log_headroom) const;
  /// Speaks for a fault; all others speak against one.
  [[nodiscard]] static bool is_sign(const Measured& m) { return is_slow(m.ratio, m.sigma); }
  /// The most that it adds to the log evidence of a part at fault: negative for those that speak against one.
  [[nodiscard]] double promise(const Measured& m) const;
  /// Range of levels worth trying where half of the measurements that tell are at this ratio or below.
  [[nodiscard]] static Levels levels_near(double middle);
  static constexpr bool kKnowsHeadroom = true;
  static constexpr double kTypical = 0.98;  // a middle above it is no fault's
};

/// Something that happens or not (a stall, a failed measurement): a part's fault makes it happen now and then.
struct EventModel {
  static constexpr std::size_t kLevels = 4;
  static constexpr std::array<double, kLevels> kShares{0.15, 0.35, 0.6, 0.95};

  struct Measured {
    float ratio = 0;  // below 0.5: it happened
  };
  explicit EventModel(std::span<const float> ratios);

  std::vector<Measured> of;  // by measurement
  double base_share = kDisturbed;

  [[nodiscard]] double healthy(const Measured& m) const { return share_of(m, base_share); }
  [[nodiscard]] static double at(const Measured& m, std::size_t level) { return share_of(m, kShares[level]); }
  [[nodiscard]] static double at(const Measured& m, std::size_t level, double /*log_headroom*/) { return at(m, level); }
  [[nodiscard]] static bool is_sign(const Measured& m) { return m.ratio < 0.5F; }
  [[nodiscard]] double promise(const Measured& m) const;
  [[nodiscard]] static Levels levels_near(double /*middle*/) { return {0, kLevels}; }
  static constexpr bool kKnowsHeadroom = false;
  static constexpr double kTypical = 2;  // any middle may be a fault's

 private:
  [[nodiscard]] static double share_of(const Measured& m, double share) { return is_sign(m) ? share : 1 - share; }
};

}  // namespace plumb::reports
