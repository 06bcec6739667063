#include "bench/rank_groups.h"

namespace plumb::bench {

RankGroups::RankGroups(const Ranks& world, const Split& split)
    : world_(world), groups_(groups_of(split, world.size())) {
  if (split.splits()) {
    MPI_Comm communicator = MPI_COMM_NULL;
    MPI_Comm_split(world.communicator(), groups_[static_cast<std::size_t>(world.rank())], world.rank(), &communicator);
    own_ = std::make_unique<Ranks>(communicator);
    MPI_Comm_free(&communicator);
    for (int rank = 0; rank < world.size(); ++rank) {
      if (group_of(rank) == number()) {
        members_.push_back(rank);
      }
    }
  }
}

}  // namespace plumb::bench
