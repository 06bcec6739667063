// Input data whose exact result every rank can tell without communication.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bench/element_type.h"
#include "bench/pattern_index.h"

namespace plumb::bench {

/// A periodic sequence of elements: what a rank sends, or what a reduction must give. Values are small
/// integers, or of 8-bit floating point numbers that are only compared any, chosen so that every partial result is
/// exact in every type and order (docs/metrics.md has the bounds).
class Pattern {
 public:
  /// What `rank` contributes. The same on every rank that asks.
  static Pattern of_rank(ElementType type, ReduceOp op, std::uint64_t seed, int rank, int ranks);
  /// The reduction over all ranks.
  static Pattern reduced(ElementType type, ReduceOp op, std::uint64_t seed, int ranks);

  /// Fills `elements`, the first of which has index `first` of the sequence.
  void fill(std::span<std::byte> elements, std::int64_t first) const;

  struct Mismatch {
    std::int64_t wrong = 0;         // elements
    std::int64_t first_offset = 0;  // element offset in `elements` of the first wrong one
    std::string expected, found;    // bit patterns, hexadecimal
  };
  /// Compares bytes; no tolerance.
  [[nodiscard]] Mismatch compare(std::span<const std::byte> elements, std::int64_t first) const;

  /// All of it, for a kernel: the period twice (element i of the sequence stands at place_in_table(i)).
  [[nodiscard]] std::span<const std::byte> table() const { return period_; }
  [[nodiscard]] std::size_t element_bytes() const { return size_; }
  /// Element `index` of the sequence as a bit pattern, and any other one's.
  [[nodiscard]] std::string hex_of(std::int64_t index) const;
  [[nodiscard]] std::string hex_of(const std::byte* element) const;

 private:
  Pattern(ElementType type, const std::vector<double>& values);
  [[nodiscard]] const std::byte* block(std::int64_t first, std::int64_t want, std::int64_t& run) const;

  ElementType type_;
  std::size_t size_;
  std::vector<std::byte> period_;
};

}  // namespace plumb::bench
