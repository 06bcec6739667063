#include "bench/rank_groups.h"

#include <algorithm>

namespace plumb::bench {

RankGroups::RankGroups(const Ranks& world, const Split& split)
    : world_(world), groups_(groups_of(split, world.size())) {
  if (split.splits()) {
    MPI_Comm communicator = MPI_COMM_NULL;
    MPI_Comm_split(world.communicator(), groups_[static_cast<std::size_t>(world.rank())], world.rank(), &communicator);
    own_ = std::make_unique<Ranks>(communicator);
    MPI_Comm_free(&communicator);
  }
}

int RankGroups::in_world(int rank) const {
  if (!own_) {
    return rank;
  }
  auto found = std::ranges::find(groups_, number());
  for (; rank > 0; --rank) {
    found = std::find(found + 1, groups_.end(), number());
  }
  return static_cast<int>(found - groups_.begin());
}

}  // namespace plumb::bench
