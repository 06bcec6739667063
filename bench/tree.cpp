#include "bench/tree.h"

#include <algorithm>

#include "bench/collective_algorithms.h"

namespace plumb::bench {

std::vector<int> Tree::peers() const {
  auto all = children;
  if (!is_root()) {
    all.push_back(parent);
  }
  return all;
}

/// Seen from the root, the parent of a place is that place without its lowest set bit; the child that has the deepest
/// tree below it comes first.
Tree binomial_tree(const Points& points, int root) {
  const auto rank_at = [&](int place) { return (place + root) % points.ranks; };
  const int place = (points.rank - root + points.ranks) % points.ranks;
  Tree tree;
  int bit = 1;
  while (bit < points.ranks && (place & bit) == 0) {
    if (place + bit < points.ranks) {
      tree.children.insert(tree.children.begin(), rank_at(place + bit));
    }
    bit *= 2;
  }
  if (place != 0) {
    tree.parent = rank_at(place - bit);
  }
  return tree;
}

Tree chain(const Points& points, int root) {
  Tree tree;
  if (points.rank != root) {
    tree.parent = points.after(-1);
  }
  if (points.after(1) != root) {
    tree.children = {points.after(1)};
  }
  return tree;
}

namespace {

bool is_for_chain(const Case& one) { return one.bytes() >= one.ranks * kChainBytesPerRank; }

}  // namespace

Tree tree_for(const Points& points, const Case& one) {
  return is_for_chain(one) ? chain(points, one.root) : binomial_tree(points, one.root);
}

std::string_view tree_name(const Case& one) { return is_for_chain(one) ? "chain" : "binomial_tree"; }

std::vector<Slice> pieces_of(const Slice& whole) {
  std::vector<Slice> pieces;
  for (std::size_t at = 0; at < whole.bytes; at += kTreePieceBytes) {
    pieces.push_back(part(whole, at, std::min(kTreePieceBytes, whole.bytes - at)));
  }
  return pieces;
}

}  // namespace plumb::bench
