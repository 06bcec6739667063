#include <bit>

#include "bench/collective_algorithms.h"
#include "bench/transport_operation.h"

namespace plumb::bench {
namespace {

/// Of n ranks the largest power of two take part. Of the first 2 (n - that) ranks the even ones hand what they have to
/// their odd neighbour and get the result from it.
class RecursiveDoubling final : public TransportOperation {
 public:
  RecursiveDoubling(const Points& points, const Case& one)
      : TransportOperation(points, one), arrived_(points.transport.allocate(target().bytes)) {
    const int taking_part = static_cast<int>(std::bit_floor(static_cast<unsigned>(points.ranks)));
    const int pairs = points.ranks - taking_part;
    if (points.rank < 2 * pairs) {
      neighbour_ = points.rank ^ 1;
      hands_over_ = points.rank % 2 == 0;
    }
    const int place = neighbour_ >= 0 ? points.rank / 2 : points.rank - pairs;
    for (int distance = 1; distance < taking_part && !hands_over_; distance *= 2) {
      const int other = place ^ distance;
      partners_.push_back(other < pairs ? 2 * other + 1 : other + pairs);
    }
    auto peers = partners_;
    peers.push_back(neighbour_ >= 0 ? neighbour_ : points.rank);
    points.connect(std::move(peers));
  }

  [[nodiscard]] Method method() const override { return {.algorithm = "recursive_doubling"}; }

 private:
  void move() override {
    if (!measured().in_place) {
      copy(source(), target());
    }
    if (hands_over_) {
      points().send(neighbour_, target());
      points().receive(neighbour_, target());
      return;
    }
    const Slice arrived{arrived_.get(), 0, target().bytes};
    if (neighbour_ >= 0) {
      points().receive(neighbour_, arrived);
      combine(target(), arrived);
    }
    for (const int partner : partners_) {
      points().exchange(partner, target(), arrived);
      combine(target(), arrived);
    }
    if (neighbour_ >= 0) {
      points().send(neighbour_, target());
    }
  }

  std::unique_ptr<Region> arrived_;
  std::vector<int> partners_;
  int neighbour_ = -1;
  bool hands_over_ = false;
};

}  // namespace

std::unique_ptr<Operation> make_recursive_doubling(const Points& points, const Case& one) {
  return std::make_unique<RecursiveDoubling>(points, one);
}

}  // namespace plumb::bench
