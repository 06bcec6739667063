#include "bench/memory.h"

#include <algorithm>

namespace plumb::bench {
namespace {

class HostMemory final : public Memory {
 public:
  void set(std::span<std::byte> bytes, std::byte value) const override { std::ranges::fill(bytes, value); }
  void fill(std::span<std::byte> elements, const Pattern& pattern, std::int64_t first) const override {
    pattern.fill(elements, first);
  }
  [[nodiscard]] Pattern::Mismatch compare(std::span<const std::byte> elements, const Pattern& pattern,
                                          std::int64_t first) const override {
    return pattern.compare(elements, first);
  }
  void flip_bit(std::byte* at) const override { *at ^= std::byte{1}; }
};

const HostMemory kHostMemory{};

}  // namespace

const Memory& host_memory() { return kHostMemory; }

}  // namespace plumb::bench
