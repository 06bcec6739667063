#include "bench/collective.h"

#include <array>

namespace plumb::bench {
namespace {

std::int64_t one_block(std::int64_t count, int /*ranks*/) { return count; }
std::int64_t block_per_rank(std::int64_t count, int ranks) { return count * ranks; }

/// Each rank sends and receives (n-1)/n of the data twice: reduce-scatter, then all-gather.
double allreduce_factor(int ranks) { return 2.0 * (ranks - 1) / ranks; }
/// The block for oneself does not travel.
double without_own_block(int ranks) { return static_cast<double>(ranks - 1) / ranks; }

std::vector<ExpectedPiece> reduced_everywhere(std::int64_t count, int /*rank*/, int /*ranks*/, int /*root*/) {
  return {{kReduced, 0, 0, count}};
}

std::vector<ExpectedPiece> transposed(std::int64_t count, int rank, int ranks, int /*root*/) {
  std::vector<ExpectedPiece> pieces;
  for (int source = 0; source < ranks; ++source) {
    pieces.push_back({source, rank * count, source * count, count});
  }
  return pieces;
}

constexpr std::array<Collective, 2> kCollectives = {{
    {CollectiveKind::allreduce, "allreduce", "all-reduce", true, false, false, one_block, one_block, allreduce_factor,
     reduced_everywhere},
    {CollectiveKind::alltoall, "alltoall", "all-to-all", false, false, true, block_per_rank, block_per_rank,
     without_own_block, transposed},
}};

}  // namespace

const Collective& collective_of(CollectiveKind kind) { return kCollectives[static_cast<std::size_t>(kind)]; }

}  // namespace plumb::bench
