#include <array>

#include "bench/collective_algorithms.h"
#include "bench/transport_operation.h"
#include "bench/tree.h"

namespace plumb::bench {
namespace {

/// Each rank adds what its children hand it to its own and hands the sum to its parent, piece by piece. What ranks
/// other than the root contribute is left as it is.
class TreeReduce final : public TransportOperation {
 public:
  TreeReduce(const Points& points, const Case& one)
      : TransportOperation(points, one),
        tree_(tree_for(points, one)),
        own_(pieces_of(source())),
        room_(tree_.children.empty() ? nullptr
                                     : points.transport.allocate((tree_.children.size() + 1) * kPiecesAhead *
                                                                 std::min(kTreePieceBytes, source().bytes))),
        receives_(tree_.children.size() * kPiecesAhead) {
    points.connect(tree_.peers());
  }

  [[nodiscard]] Method method() const override { return {.algorithm = std::string(tree_name(measured()))}; }

 private:
  void move() override {
    if (points().ranks == 1 && !measured().in_place) {
      copy(source(), target());
    }
    for (std::size_t i = 0; i < std::min(kPiecesAhead, own_.size()); ++i) {
      start_receives(i);
    }
    for (std::size_t i = 0; i < own_.size(); ++i) {
      add_children(i);
      hand_on(i);
    }
    if (!tree_.is_root()) {
      transport().complete({&sends_[(own_.size() - 1) % kPiecesAhead], 1});
    }
  }

  /// Where the sum of a piece grows; at a rank without children it is the own piece.
  [[nodiscard]] Slice sum(std::size_t piece) const {
    if (tree_.children.empty()) {
      return own_[piece];
    }
    return tree_.is_root() ? part(target(), piece * kTreePieceBytes, own_[piece].bytes)
                           : room(tree_.children.size(), piece);
  }

  /// What the first child hands over arrives where the sum has to be, unless the own part is there.
  [[nodiscard]] Slice landing(std::size_t child, std::size_t piece) const {
    return child == 0 && !keeps_own_there() ? sum(piece) : room(child, piece);
  }
  [[nodiscard]] bool keeps_own_there() const { return tree_.is_root() && measured().in_place; }

  [[nodiscard]] Slice room(std::size_t row, std::size_t piece) const {
    const std::size_t bytes = std::min(kTreePieceBytes, source().bytes);
    return {room_.get(), (row * kPiecesAhead + piece % kPiecesAhead) * bytes, own_[piece].bytes};
  }

  Ticket& receive(std::size_t child, std::size_t piece) {
    return receives_[child * kPiecesAhead + piece % kPiecesAhead];
  }

  void start_receives(std::size_t piece) {
    for (std::size_t child = 0; child < tree_.children.size(); ++child) {
      receive(child, piece) = transport().start_receive(tree_.children[child], landing(child, piece));
    }
  }

  void add_children(std::size_t piece) {
    for (std::size_t child = 0; child < tree_.children.size(); ++child) {
      transport().complete({&receive(child, piece), 1});
      const bool is_first = child == 0 && !keeps_own_there();
      combine(sum(piece), is_first ? own_[piece] : landing(child, piece));
    }
  }

  /// The room of the piece before is free once that has left.
  void hand_on(std::size_t piece) {
    if (!tree_.is_root()) {
      sends_[piece % kPiecesAhead] = transport().start_send(tree_.parent, sum(piece));
    }
    if (piece == 0) {
      return;
    }
    if (!tree_.is_root()) {
      transport().complete({&sends_[(piece - 1) % kPiecesAhead], 1});
    }
    if (piece - 1 + kPiecesAhead < own_.size()) {
      start_receives(piece - 1 + kPiecesAhead);
    }
  }

  Tree tree_;
  std::vector<Slice> own_;        // pieces of what this rank contributes
  std::unique_ptr<Region> room_;  // a row a child, and one for sums
  std::vector<Ticket> receives_;
  std::array<Ticket, kPiecesAhead> sends_{};
};

}  // namespace

std::unique_ptr<Operation> make_tree_reduce(const Points& points, const Case& one) {
  return std::make_unique<TreeReduce>(points, one);
}

}  // namespace plumb::bench
