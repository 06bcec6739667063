#include <array>

#include "bench/collective_algorithms.h"
#include "bench/ring.h"
#include "bench/transport_operation.h"

namespace plumb::bench {
namespace {

class RingReduceScatter final : public TransportOperation {
 public:
  RingReduceScatter(const Points& points, const Case& one)
      : TransportOperation(points, one),
        block_bytes_(source().bytes / ranks()),
        landings_{points.transport.allocate(block_bytes_), points.transport.allocate(block_bytes_)},
        reduction_(points, block(source(), points.after(-1)), steps(), element(),
                   [this](const Slice& into, const Slice& from) { combine(into, from); }) {
    points.connect({points.after(-1), points.after(1)});
  }

  [[nodiscard]] Method method() const override { return {.algorithm = "ring"}; }

 private:
  void move() override {
    if (points().ranks == 1 && !measured().in_place) {
      copy(source(), target());
    }
    reduction_.run();
  }

  /// What was sent is kept, but for the own block in place: sums on their way are in two landings by turns.
  [[nodiscard]] std::vector<RingStep> steps() const {
    std::vector<RingStep> all;
    for (int step = 0; step + 1 < points().ranks; ++step) {
      const Slice landing{landings_[static_cast<std::size_t>(step % 2)].get(), 0, block_bytes_};
      all.push_back({landing, block(source(), chunk_reduced(points(), step))});
    }
    if (!all.empty()) {
      all.back().into_operand = measured().in_place;
      all.back().landing = measured().in_place ? all.back().landing : target();
    }
    return all;
  }

  std::size_t block_bytes_;
  std::array<std::unique_ptr<Region>, 2> landings_;
  RingReduction reduction_;
};

}  // namespace

std::unique_ptr<Operation> make_ring_reduce_scatter(const Points& points, const Case& one) {
  return std::make_unique<RingReduceScatter>(points, one);
}

}  // namespace plumb::bench
