// Where the elements of an operation live: this host's memory, or a GPU's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "bench/pattern.h"

namespace plumb::bench {

/// Spans are addresses in this memory, which nothing but it may touch. Calls return when the work is done.
class Memory {
 public:
  virtual ~Memory() = default;
  virtual void set(std::span<std::byte> bytes, std::byte value) const = 0;
  /// As Pattern::fill and Pattern::compare.
  virtual void fill(std::span<std::byte> elements, const Pattern& pattern, std::int64_t first) const = 0;
  [[nodiscard]] virtual Pattern::Mismatch compare(std::span<const std::byte> elements, const Pattern& pattern,
                                                  std::int64_t first) const = 0;
  /// The lowest bit of one byte, to show that a check can fail.
  virtual void flip_bit(std::byte* at) const = 0;
};

/// This process's own. What backends have that say nothing else.
const Memory& host_memory();

}  // namespace plumb::bench
