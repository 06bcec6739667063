// Who hands data to whom from a root outwards, or towards it.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "bench/case.h"
#include "bench/points.h"

namespace plumb::bench {

/// This rank's place.
struct Tree {
  int parent = -1;  // -1: this is the root
  std::vector<int> children;
  [[nodiscard]] bool is_root() const { return parent < 0; }
  [[nodiscard]] std::vector<int> peers() const;
};

/// Depth log2 of the ranks.
Tree binomial_tree(const Points& points, int root);
/// Each rank hands on to the next: the whole rate of a link for data in many pieces.
Tree chain(const Points& points, int root);
/// A chain for large data, else a binomial tree.
Tree tree_for(const Points& points, const Case& one);
std::string_view tree_name(const Case& one);  // of that

/// Pieces under way at once, so that receiving, combining and sending overlap.
inline constexpr std::size_t kPiecesAhead = 3;
/// Bytes of the pieces that data travels in; a multiple of every element.
inline constexpr std::size_t kTreePieceBytes = 64 << 10;
std::vector<Slice> pieces_of(const Slice& whole);

}  // namespace plumb::bench
