#include <numeric>

#include "bench/collective_algorithms.h"
#include "bench/transport_operation.h"

namespace plumb::bench {
namespace {

/// In round k each rank exchanges blocks with the ranks k before and k behind it: every link is busy both ways, and
/// what arrives in place needs room for two blocks only, since the blocks that it replaces leave in the same round.
class PairwiseExchange final : public TransportOperation {
 public:
  PairwiseExchange(const Points& points, const Case& one) : TransportOperation(points, one) {
    if (one.in_place) {
      arrived_ = points.transport.allocate(2 * block(source(), 0).bytes);
    }
    std::vector<int> everybody(ranks());
    std::iota(everybody.begin(), everybody.end(), 0);
    points.connect(std::move(everybody));
  }

  [[nodiscard]] Method method() const override { return {.algorithm = "pairwise"}; }

 private:
  void move() override {
    if (!measured().in_place) {
      copy(block(source(), points().rank), block(target(), points().rank));
    }
    for (int distance = 1; distance <= points().ranks / 2; ++distance) {
      exchange(points().after(distance), points().after(-distance));
    }
  }

  void exchange(int ahead, int behind) {
    std::vector<Ticket> tickets;
    const std::vector<int> peers = ahead == behind ? std::vector{ahead} : std::vector{ahead, behind};
    for (std::size_t i = 0; i < peers.size(); ++i) {
      tickets.push_back(transport().start_receive(peers[i], landing(peers[i], i)));
    }
    for (const int peer : peers) {
      tickets.push_back(transport().start_send(peer, block(source(), peer)));
    }
    transport().complete(tickets);
    for (std::size_t i = 0; i < peers.size() && arrived_; ++i) {
      copy(landing(peers[i], i), block(target(), peers[i]));
    }
  }

  [[nodiscard]] Slice landing(int peer, std::size_t index) const {
    const Slice place = block(target(), peer);
    return arrived_ ? Slice{arrived_.get(), index * place.bytes, place.bytes} : place;
  }

  std::unique_ptr<Region> arrived_;  // in place only
};

}  // namespace

std::unique_ptr<Operation> make_pairwise_exchange(const Points& points, const Case& one) {
  return std::make_unique<PairwiseExchange>(points, one);
}

}  // namespace plumb::bench
