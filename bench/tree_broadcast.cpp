#include <array>

#include "bench/collective_algorithms.h"
#include "bench/transport_operation.h"
#include "bench/tree.h"

namespace plumb::bench {
namespace {

class TreeBroadcast final : public TransportOperation {
 public:
  TreeBroadcast(const Points& points, const Case& one)
      : TransportOperation(points, one),
        tree_(tree_for(points, one)),
        pieces_(pieces_of(tree_.is_root() ? source() : target())) {
    points.connect(tree_.peers());
  }

  [[nodiscard]] Method method() const override { return {.algorithm = std::string(tree_name(measured()))}; }

 private:
  void move() override {
    for (std::size_t i = 0; i < std::min(kPiecesAhead, pieces_.size()); ++i) {
      start_receive(i);
    }
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      hand_on(i);
    }
    if (tree_.is_root() && !measured().in_place) {
      copy(source(), target());  // part of the operation, as in NCCL
    }
    for (auto& sends : sends_) {
      transport().complete(sends);
      sends.clear();
    }
  }

  void start_receive(std::size_t piece) {
    if (!tree_.is_root()) {
      receives_[piece % kPiecesAhead] = transport().start_receive(tree_.parent, pieces_[piece]);
    }
  }

  void hand_on(std::size_t piece) {
    if (!tree_.is_root()) {
      transport().complete({&receives_[piece % kPiecesAhead], 1});
      if (piece + kPiecesAhead < pieces_.size()) {
        start_receive(piece + kPiecesAhead);
      }
    }
    auto& sends = sends_[piece % kPiecesAhead];
    transport().complete(sends);
    sends.clear();
    for (const int child : tree_.children) {
      sends.push_back(transport().start_send(child, pieces_[piece]));
    }
  }

  Tree tree_;
  std::vector<Slice> pieces_;
  std::array<Ticket, kPiecesAhead> receives_{};
  std::array<std::vector<Ticket>, kPiecesAhead> sends_;
};

}  // namespace

std::unique_ptr<Operation> make_tree_broadcast(const Points& points, const Case& one) {
  return std::make_unique<TreeBroadcast>(points, one);
}

}  // namespace plumb::bench
