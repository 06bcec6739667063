// The table of collectives: what each moves and what must come out. Adding one is a row here and a function a
// backend.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace plumb::bench {

enum class CollectiveKind { allreduce, alltoall, allgather, reducescatter, broadcast, reduce, sendrecv };

/// A part of a rank's result that has to equal a part of somebody's input, or of the reduction of all inputs.
struct ExpectedPiece {
  int source = 0;           // rank; kReduced: the reduction over all
  std::int64_t first = 0;   // index in the source's sequence
  std::int64_t offset = 0;  // element offset in the result
  std::int64_t count = 0;
};
inline constexpr int kReduced = -1;

struct Collective {
  CollectiveKind kind;
  std::string_view name;               // "allreduce", as in case names
  std::string_view title;              // "all-reduce", for people
  std::string_view no_redop = "none";  // what nccl-tests prints as redop when nothing is reduced
  bool reduces = false;
  bool rooted = false;
  bool per_peer = false;   // the printed count is one peer's block
  bool in_place = true;    // can run in place: the smaller of what a rank sends and receives is its slot in the larger
  bool exits_tell = true;  // all ranks wait for all others alike, so that the last to leave is suspicious
  std::int64_t (*send_elements)(std::int64_t count, int ranks);
  std::int64_t (*receive_elements)(std::int64_t count, int ranks);
  /// busbw / algbw for n ranks: formulas of nccl-tests (doc/PERFORMANCE.md), derived in docs/metrics.md.
  double (*bus_factor)(int ranks);
  /// What must come out on `rank`; nothing on a rank that gets no result.
  std::vector<ExpectedPiece> (*expected)(std::int64_t count, int rank, int ranks, int root);
};

/// Never null; the kinds are closed.
const Collective& collective_of(CollectiveKind kind);

}  // namespace plumb::bench
