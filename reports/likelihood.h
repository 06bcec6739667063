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

/// Rates: a part runs at some share of its rate, and so does everything through it.
struct RateModel {
  static constexpr std::size_t kLevels = kFactors;  // worse with the index

  RateModel(std::span<const float> ratios, std::span<const float> sigmas);

  std::span<const float> ratio;  // measured over expected, by measurement
  std::span<const float> sigma;
  std::vector<double> log_ratio;
  double disturbed = kDisturbed;

  [[nodiscard]] double healthy(std::uint32_t m) const { return core::likelihood(log_ratio[m], 0, sigma[m], disturbed); }
  [[nodiscard]] double at(std::uint32_t m, std::size_t level) const {
    return core::likelihood(log_ratio[m], core::log_factor_at(level), sigma[m], disturbed);
  }
  /// The same where the part has more headroom than the slowest on the path: either its share of that takes effect, or,
  /// when what it slows is shared out, the slowdown itself. Nobody knows which: half the odds each.
  [[nodiscard]] double at(std::uint32_t m, std::size_t level, double log_headroom) const;
  /// Speaks for a fault; all others speak against one.
  [[nodiscard]] bool is_sign(std::uint32_t m) const { return is_slow(ratio[m], sigma[m]); }
  /// The most that it adds to the log evidence of a part at fault: negative for those that speak against one.
  [[nodiscard]] double promise(std::uint32_t m) const;
  /// Range of levels worth trying where half of the measurements that tell are at this ratio or below.
  [[nodiscard]] static std::array<std::size_t, 2> levels_near(double middle);
  static constexpr double kTypical = 0.98;  // a middle above it is no fault's
};

/// Something that happens or not (a stall, a failed measurement): a part's fault makes it happen now and then.
struct EventModel {
  static constexpr std::size_t kLevels = 4;
  static constexpr std::array<double, kLevels> kShares{0.15, 0.35, 0.6, 0.95};

  std::span<const float> ratio;  // below 0.5: it happened
  double base_share = kDisturbed;

  [[nodiscard]] double healthy(std::uint32_t m) const { return share_of(m, base_share); }
  [[nodiscard]] double at(std::uint32_t m, std::size_t level) const { return share_of(m, kShares[level]); }
  [[nodiscard]] double at(std::uint32_t m, std::size_t level, double /*log_headroom*/) const { return at(m, level); }
  [[nodiscard]] bool is_sign(std::uint32_t m) const { return ratio[m] < 0.5F; }
  [[nodiscard]] double promise(std::uint32_t m) const;
  [[nodiscard]] static std::array<std::size_t, 2> levels_near(double /*middle*/) { return {0, kLevels}; }
  static constexpr double kTypical = 2;  // any middle may be a fault's

 private:
  [[nodiscard]] double share_of(std::uint32_t m, double share) const { return is_sign(m) ? share : 1 - share; }
};

}  // namespace plumb::reports
