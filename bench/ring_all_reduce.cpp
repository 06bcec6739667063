#include <algorithm>

#include "bench/collective_algorithms.h"
#include "bench/ring.h"
#include "bench/transport_operation.h"

namespace plumb::bench {
namespace {

class RingAllReduce final : public TransportOperation {
 public:
  RingAllReduce(const Points& points, const Case& one)
      : TransportOperation(points, one),
        chunks_(shares(target(), ranks(), element())),
        landing_(one.in_place ? points.transport.allocate(2 * longest_chunk()) : nullptr),
        reduction_(points, own(points.after(-1)), steps(), element(),
                   [this](const Slice& into, const Slice& from) { combine(into, from); }) {
    points.connect({points.after(-1), points.after(1)});
  }

  [[nodiscard]] Method method() const override { return {.algorithm = "ring"}; }

 private:
  void move() override {
    reduction_.run();
    ring_gather(points(), chunks_);
  }

  /// Chunk of what this rank contributes.
  [[nodiscard]] Slice own(int chunk) const {
    return share(source(), static_cast<std::size_t>(chunk), ranks(), element());
  }

  [[nodiscard]] std::size_t longest_chunk() const { return std::ranges::max(chunks_, {}, &Slice::bytes).bytes; }

  /// Out of place a chunk arrives where its sum has to be; in place the own part is there.
  [[nodiscard]] std::vector<RingStep> steps() const {
    std::vector<RingStep> all;
    for (int step = 0; step + 1 < points().ranks; ++step) {
      const int chunk = chunk_reduced(points(), step);
      const Slice target_chunk = chunks_[static_cast<std::size_t>(chunk)];
      const std::size_t at = static_cast<std::size_t>(step % 2) * longest_chunk();
      all.push_back(landing_ ? RingStep{{landing_.get(), at, target_chunk.bytes}, target_chunk, true}
                             : RingStep{target_chunk, own(chunk)});
    }
    return all;
  }

  std::vector<Slice> chunks_;
  std::unique_ptr<Region> landing_;
  RingReduction reduction_;
};

}  // namespace

std::unique_ptr<Operation> make_ring_all_reduce(const Points& points, const Case& one) {
  return std::make_unique<RingAllReduce>(points, one);
}

}  // namespace plumb::bench
