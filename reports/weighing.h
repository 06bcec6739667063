// How strong the case of each group of parts is, under what is blamed so far. docs/verdicts.md, sections 2 and 3.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "reports/columns.h"

namespace plumb::reports {

inline constexpr std::uint32_t kNoEnd = 0xffffffff;
inline constexpr double kNever = -std::numeric_limits<double>::infinity();  // the log of no odds at all

/// log(exp(a) + exp(b))
double log_sum(double a, double b);

/// What a slow part does to traffic that something else on the way keeps below the part's rate anyway: nothing until it
/// is slower than that, or, where what it slows is shared out, as much as to any other.
enum class Effect : std::uint8_t { beyond_headroom, on_all };

/// A group of parts at fault, perhaps in one direction only, and how badly.
struct Hypothesis {
  std::uint32_t group = 0;
  Direction direction = Direction::both;
  Effect effect = Effect::on_all;
  std::size_t level = 0;
  double log_evidence = kNever;  // averaged over directions, effects and levels
  double likeliest = kNever;     // the largest term of that average
};

/// Of measurements that a model tells the likelihood of. Rates and events have one each (likelihood.h).
template <class Model>
class Weighing {
 public:
  /// Keeps references to all.
  Weighing(const Incidence& incidence, const Signs& signs, const Columns& columns, const Model& model);

  /// The best hypothesis about a group. May be called by several threads, but not beside blame().
  [[nodiscard]] Hypothesis best_about(std::uint32_t group) const;
  /// From now on that is so. What it explains, without evidence and suspects.
  Blame blame(const Hypothesis& h);

  [[nodiscard]] bool is_thin(std::uint32_t group) const { return columns_.least_weight_of(group) < kThin; }
  /// Signs that nothing explains, in order.
  [[nodiscard]] std::vector<std::uint64_t> unexplained() const;

 private:
  /// Of a measurement, under what is blamed so far.
  struct State {
    float likelihood = 0;
    std::int8_t value = kHealthy;  // worst level blamed on its way
    bool is_sign = false;
    [[nodiscard]] bool is_explained() const { return value != kHealthy; }
  };

  /// An entry, and what is known of its measurement as of now.
  struct Seen {
    Entry entry;
    State now;
    typename Model::Measured measured;
    std::array<std::uint32_t, 2> slow_ends{kNoEnd, kNoEnd};  // numbers within the group
  };
  [[nodiscard]] Seen look_up(const Entry& e) const { return {e, state_[e.measurement], model_.of[e.measurement]}; }
  [[nodiscard]] std::vector<Seen> look_up(std::uint32_t group) const;
  void number_slow_ends(std::vector<Seen>& seen) const;

  /// Ratios through a part: whatever went on every way, and what shows its fault.
  struct Ratios {
    std::vector<double> always, slow;
  };

  void weigh(const Hypothesis& one, std::span<const Seen> seen, double share, Hypothesis& best) const;
  [[nodiscard]] Levels levels_of(std::uint32_t group, std::span<const Seen> seen, Direction direction) const;
  [[nodiscard]] static Levels levels_behind(std::span<const Seen> seen, Direction direction);
  [[nodiscard]] double gain_of(const Hypothesis& h, std::span<const Seen> seen) const;
  [[nodiscard]] static bool is_outdone(const Seen& one, const Hypothesis& h);
  [[nodiscard]] double odds_of(const Seen& one, const Hypothesis& h) const;
  void explain(const Entry& e, const Hypothesis& h, Ratios& ratios, Blame& blame);

  const Incidence& in_;
  const Columns& columns_;
  const Model& model_;
  std::vector<State> state_;  // by measurement
  static constexpr std::int8_t kHealthy = -1;
};

}  // namespace plumb::reports
