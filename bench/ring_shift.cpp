#include <array>

#include "bench/collective_algorithms.h"
#include "bench/transport_operation.h"

namespace plumb::bench {
namespace {

class RingShift final : public TransportOperation {
 public:
  RingShift(const Points& points, const Case& one) : TransportOperation(points, one) {
    points.connect({points.after(-1), points.after(1)});
  }

  [[nodiscard]] Method method() const override { return {.algorithm = "ring"}; }

 private:
  void move() override {
    if (points().ranks == 1) {
      copy(source(), target());
      return;
    }
    const auto receive = transport().start_receive(points().after(-1), target());
    transport().complete(std::array{receive, transport().start_send(points().after(1), source())});
  }
};

}  // namespace

std::unique_ptr<Operation> make_ring_shift(const Points& points, const Case& one) {
  return std::make_unique<RingShift>(points, one);
}

}  // namespace plumb::bench
