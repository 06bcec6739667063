#include "bench/collective_algorithms.h"
#include "bench/ring.h"
#include "bench/transport_operation.h"

namespace plumb::bench {
namespace {

class RingAllGather final : public TransportOperation {
 public:
  RingAllGather(const Points& points, const Case& one)
      : TransportOperation(points, one), blocks_(shares(target(), ranks(), element())) {
    points.connect({points.after(-1), points.after(1)});
  }

  [[nodiscard]] Method method() const override { return {.algorithm = "ring"}; }

 private:
  void move() override {
    if (!measured().in_place) {
      copy(source(), block(target(), points().rank));
    }
    ring_gather(points(), blocks_);
  }

  std::vector<Slice> blocks_;
};

}  // namespace

std::unique_ptr<Operation> make_ring_all_gather(const Points& points, const Case& one) {
  return std::make_unique<RingAllGather>(points, one);
}

}  // namespace plumb::bench
