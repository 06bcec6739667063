// The two halves of a ring: every rank sends to the next and receives from the one before, one chunk a step.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "bench/points.h"

namespace plumb::bench {

/// One step of the reduction on one rank.
struct RingStep {
  Slice landing;              // where the chunk of the rank before arrives
  Slice operand;              // what is combined with it
  bool into_operand = false;  // the result is where the operand was; else where the chunk arrived
  [[nodiscard]] const Slice& into() const { return into_operand ? operand : landing; }
  [[nodiscard]] const Slice& from() const { return into_operand ? landing : operand; }
};

/// The chunk that arrives in step 0, 1, …: rank r ends with chunk r.
inline int chunk_reduced(const Points& points, int step) { return points.after(-2 - step); }

class RingReduction {
 public:
  /// Sends `first`, then in each step what the step before gave. A landing may be the landing of two steps before.
  RingReduction(const Points& points, Slice first, std::vector<RingStep> steps, std::size_t element,
                std::function<void(const Slice& into, const Slice& from)> combine);
  void run();

 private:
  [[nodiscard]] Slice piece(const Slice& chunk, std::size_t index) const;
  void start_step(std::size_t step, std::size_t index);

  Points points_;
  Slice first_;
  std::vector<RingStep> steps_;
  std::size_t element_;
  std::size_t pieces_ = 1;  // a chunk: one is combined while the next arrives
  std::function<void(const Slice& into, const Slice& from)> combine_;
  std::vector<Ticket> receives_, sends_;  // a piece
};

/// Every rank begins with its own of the `chunks` and ends with all.
void ring_gather(const Points& points, std::span<const Slice> chunks);

}  // namespace plumb::bench
