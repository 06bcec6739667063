// One point to measure. Its canonical name is its key in every file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/collective.h"
#include "bench/element_type.h"

namespace plumb::bench {

struct Case {
  const Collective* collective = nullptr;
  std::string backend;
  std::string memory = "host";
  ElementType type = ElementType::float32;
  ReduceOp op = ReduceOp::sum;  // ignored when the collective does not reduce
  std::int64_t count = 0;       // elements, as nccl-tests prints them: per peer where data is per peer
  int ranks = 1;
  int root = 0;
  bool in_place = false;
  int calls = 1;   // that are timed together, back to back
  int group = -1;  // of those that run it at the same time; -1: all ranks run it together

  /// Bytes that nccl-tests prints as the size: the larger of what one rank sends and receives.
  [[nodiscard]] std::int64_t bytes() const;
  [[nodiscard]] std::int64_t send_elements() const { return collective->send_elements(count, ranks); }
  [[nodiscard]] std::int64_t receive_elements() const { return collective->receive_elements(count, ranks); }
  [[nodiscard]] std::string redop_name() const;
  /// As nccl-tests prints it: -1 where there is none.
  [[nodiscard]] int printed_root() const { return collective->rooted ? root : -1; }
  /// "allreduce/mpi/host/float/sum/1048576B/4ranks/out", "reduce/mpi/host/float/sum/64B/4ranks/root2/in", with
  /// "/group3" and "/20calls" before the place where there are groups, and where calls are timed together.
  [[nodiscard]] std::string name() const;
  /// S/t with S as nccl-tests counts it, in bytes a second.
  [[nodiscard]] double algbw(double seconds) const;
  [[nodiscard]] double busbw(double seconds) const { return algbw(seconds) * collective->bus_factor(ranks); }
};

/// What to sweep: nccl-tests' -b -e -i -f -d -o -r.
struct Sweep {
  std::int64_t min_bytes = 32 << 20;
  std::int64_t max_bytes = 32 << 20;
  std::int64_t step_bytes = 1 << 20;  // used when factor is 1 or less
  double factor = 1;
  std::vector<ElementType> types = {ElementType::float32};
  std::vector<ReduceOp> ops = {ReduceOp::sum};
  int root = 0;  // -1: each rank in turn
  bool out_of_place = true, in_place = true;
};

/// All cases of a sweep in order; sizes that round to zero or to the one before are left out. Throws UsageError.
std::vector<Case> expand(const Sweep& sweep, const Collective& collective, const std::string& backend, int ranks);

}  // namespace plumb::bench
