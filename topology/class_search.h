// All shortest ways between two switches, over classes of switches that are cabled alike.
#pragma once

#include <cstdint>
#include <vector>

#include "topology/switch_classes.h"

namespace plumb::topology {

/// A class on the way, and what share of the traffic each of its members gets.
struct ClassShare {
  std::uint32_t one = 0;
  float share = 0;
};

/// Keeps scratch memory, so use one a thread.
class ClassSearch {
 public:
  explicit ClassSearch(const SwitchClasses& classes);

  /// From a member of one class to another switch, of the same class or another: what lies between them, level by
  /// level. Not for switches that a cable joins. Empty when there is no way.
  const std::vector<std::vector<ClassShare>>& find(std::uint32_t from, std::uint32_t to);

  /// What the last call of find gave.
  [[nodiscard]] const std::vector<std::vector<ClassShare>>& levels() const { return levels_; }
  /// Cables from a member of a class on level `level` to the next level, which share its traffic evenly.
  [[nodiscard]] std::uint32_t cables_onward(std::uint32_t one, std::size_t level) const;
  /// Whether ways lead from that level on to this class. Level -1 is the start.
  [[nodiscard]] bool leads_on(std::uint32_t to, std::size_t level) const;

 private:
  struct Side {
    std::vector<std::uint32_t> stamp, distance;  // by class
    std::vector<std::uint32_t> frontier, reached;
    std::uint32_t depth = 0;
  };

  [[nodiscard]] bool is_reached(const Side& side, std::uint32_t one) const { return side.stamp[one] == epoch_; }
  void start(Side& side, std::uint32_t at);
  void widen(Side& side);
  void meet();
  void mark_back();
  void spread(std::uint32_t from);
  void hand_on(const ClassShare& from, std::uint32_t members, std::size_t level, std::vector<ClassShare>& next);

  const SwitchClasses& classes_;
  std::uint32_t epoch_ = 0;
  Side ahead_, behind_;
  std::vector<std::uint32_t> meeting_;
  std::vector<std::uint32_t> on_way_;  // stamps, of what is ahead
  std::vector<std::uint32_t> place_;   // on the level that is being filled
  std::vector<std::uint32_t> placed_;  // stamps
  std::uint32_t level_epoch_ = 0;
  std::vector<std::vector<ClassShare>> levels_;
};

}  // namespace plumb::topology
