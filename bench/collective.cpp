#include "bench/collective.h"

#include <algorithm>

namespace plumb::bench {
namespace {

std::int64_t one_block(std::int64_t count, int /*ranks*/) { return count; }
std::int64_t block_per_rank(std::int64_t count, int ranks) { return count * ranks; }

/// Each rank sends and receives (n-1)/n of the data twice: reduce-scatter, then all-gather.
double allreduce_factor(int ranks) { return 2.0 * (ranks - 1) / ranks; }
/// The block for oneself does not travel.
double without_own_block(int ranks) { return static_cast<double>(ranks - 1) / ranks; }

/// The busiest rank sends or receives all of the data once.
double all_of_it(int /*ranks*/) { return 1; }

std::vector<ExpectedPiece> reduced_everywhere(std::int64_t count, int /*rank*/, int /*ranks*/, int /*root*/) {
  return {{kReduced, 0, 0, count}};
}

std::vector<ExpectedPiece> own_block_reduced(std::int64_t count, int rank, int /*ranks*/, int /*root*/) {
  return {{kReduced, rank * count, 0, count}};
}

std::vector<ExpectedPiece> reduced_at_root(std::int64_t count, int rank, int /*ranks*/, int root) {
  return rank == root ? std::vector<ExpectedPiece>{{kReduced, 0, 0, count}} : std::vector<ExpectedPiece>{};
}

std::vector<ExpectedPiece> of_root(std::int64_t count, int /*rank*/, int /*ranks*/, int root) {
  return {{root, 0, 0, count}};
}

std::vector<ExpectedPiece> of_rank_before(std::int64_t count, int rank, int ranks, int /*root*/) {
  return {{(rank - 1 + ranks) % ranks, 0, 0, count}};
}

/// A block of every rank, `first` elements into what it sends.
std::vector<ExpectedPiece> from_each(std::int64_t count, int ranks, std::int64_t first) {
  std::vector<ExpectedPiece> pieces;
  for (int source = 0; source < ranks; ++source) {
    pieces.push_back({source, first, source * count, count});
  }
  return pieces;
}

std::vector<ExpectedPiece> all_in_order(std::int64_t count, int /*rank*/, int ranks, int /*root*/) {
  return from_each(count, ranks, 0);
}

std::vector<ExpectedPiece> transposed(std::int64_t count, int rank, int ranks, int /*root*/) {
  return from_each(count, ranks, rank * count);
}

constexpr Collective kCollectives[] = {
    {.kind = CollectiveKind::allreduce,
     .name = "allreduce",
     .title = "all-reduce",
     .reduces = true,
     .send_elements = one_block,
     .receive_elements = one_block,
     .bus_factor = allreduce_factor,
     .expected = reduced_everywhere},
    {.kind = CollectiveKind::alltoall,
     .name = "alltoall",
     .title = "all-to-all",
     .per_peer = true,
     .send_elements = block_per_rank,
     .receive_elements = block_per_rank,
     .bus_factor = without_own_block,
     .expected = transposed},
    {.kind = CollectiveKind::allgather,
     .name = "allgather",
     .title = "all-gather",
     .per_peer = true,
     .send_elements = one_block,
     .receive_elements = block_per_rank,
     .bus_factor = without_own_block,
     .expected = all_in_order},
    {.kind = CollectiveKind::reducescatter,
     .name = "reducescatter",
     .title = "reduce-scatter",
     .reduces = true,
     .per_peer = true,
     .send_elements = block_per_rank,
     .receive_elements = one_block,
     .bus_factor = without_own_block,
     .expected = own_block_reduced},
    {.kind = CollectiveKind::broadcast,
     .name = "broadcast",
     .title = "broadcast",
     .rooted = true,
     .exits_tell = false,
     .send_elements = one_block,
     .receive_elements = one_block,
     .bus_factor = all_of_it,
     .expected = of_root},
    {.kind = CollectiveKind::reduce,
     .name = "reduce",
     .title = "reduce",
     .reduces = true,
     .rooted = true,
     .exits_tell = false,
     .send_elements = one_block,
     .receive_elements = one_block,
     .bus_factor = all_of_it,
     .expected = reduced_at_root},
    {.kind = CollectiveKind::sendrecv,
     .name = "sendrecv",
     .title = "send-receive",
     .no_redop = "sum",
     .in_place = false,
     .exits_tell = false,
     .send_elements = one_block,
     .receive_elements = one_block,
     .bus_factor = all_of_it,
     .expected = of_rank_before},
};

}  // namespace

const Collective& collective_of(CollectiveKind kind) {
  return *std::ranges::find(kCollectives, kind, &Collective::kind);
}

}  // namespace plumb::bench
