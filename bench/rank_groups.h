// Which ranks of a job run a collective together: all of them, or those of a group, all groups at once.
#pragma once

#include <memory>
#include <vector>

#include "bench/ranks.h"
#include "bench/split.h"

namespace plumb::bench {

class RankGroups {
 public:
  /// Called by all ranks of `world`, which has to live longer. Throws UsageError, on all.
  RankGroups(const Ranks& world, const Split& split);

  [[nodiscard]] const Ranks& world() const { return world_; }
  /// Those that this rank works with.
  [[nodiscard]] const Ranks& own() const { return own_ ? *own_ : world_; }
  [[nodiscard]] bool are_several() const { return own_ != nullptr; }
  /// Of a rank of `world`; -1 where there are no groups.
  [[nodiscard]] int group_of(int rank) const { return own_ ? groups_[static_cast<std::size_t>(rank)] : -1; }
  [[nodiscard]] int number() const { return group_of(world_.rank()); }
  /// In `world`, of a rank in own().
  [[nodiscard]] int in_world(int rank) const { return own_ ? members_[static_cast<std::size_t>(rank)] : rank; }

 private:
  const Ranks& world_;
  std::vector<int> groups_;   // by rank
  std::vector<int> members_;  // of the own group, where there are several
  std::unique_ptr<Ranks> own_;
};

}  // namespace plumb::bench
