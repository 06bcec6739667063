#include "bench/reduction.h"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstring>
#include <type_traits>

#include "bench/float8.h"

namespace plumb::bench {
namespace {

/// How an element lies in memory, and the type that it is calculated in. Areas need not be aligned.
template <class Value>
struct Plain {
  using Stored = Value;
  static Value load(Value stored) { return stored; }
  static Value store(Value value) { return value; }
};
/// Calculated in float.
template <class Bits, float (*kLoad)(Bits), Bits (*kStore)(float)>
struct Narrow {
  using Stored = Bits;
  static float load(Stored stored) { return kLoad(stored); }
  static Stored store(float value) { return kStore(value); }
};
using Half = Narrow<std::uint16_t, half_to_float, float_to_half>;
using Bfloat16 = Narrow<std::uint16_t, bfloat16_to_float, float_to_bfloat16>;
using E4m3 = Narrow<std::uint8_t, e4m3_to_float, float_to_e4m3>;
using E5m2 = Narrow<std::uint8_t, e5m2_to_float, float_to_e5m2>;

/// What sums and products are calculated in: repeated in place, integers overflow, and have to wrap.
template <class Value>
struct Wrapping {
  using Type = Value;
};
template <std::integral Value>
struct Wrapping<Value> {
  using Type = std::make_unsigned_t<Value>;
};

struct Sum {
  template <class Value>
  static Value of(Value a, Value b) {
    using Wide = typename Wrapping<Value>::Type;
    return static_cast<Value>(static_cast<Wide>(a) + static_cast<Wide>(b));
  }
};
struct Product {
  template <class Value>
  static Value of(Value a, Value b) {
    using Wide = typename Wrapping<Value>::Type;
    return static_cast<Value>(static_cast<Wide>(a) * static_cast<Wide>(b));
  }
};
struct Minimum {
  template <class Value>
  static Value of(Value a, Value b) {
    return std::min(a, b);
  }
};
struct Maximum {
  template <class Value>
  static Value of(Value a, Value b) {
    return std::max(a, b);
  }
};

using Kernel = void (*)(std::byte* into, const std::byte* from, std::size_t count);

/// The copies through memcpy cost nothing: the loop becomes vector instructions.
template <class Element, class Combine>
void reduce(std::byte* into, const std::byte* from, std::size_t count) {
  using Stored = typename Element::Stored;
  for (std::size_t i = 0; i < count; ++i) {
    Stored a, b;
    std::memcpy(&a, into + i * sizeof a, sizeof a);
    std::memcpy(&b, from + i * sizeof b, sizeof b);
    a = Element::store(Combine::of(Element::load(a), Element::load(b)));
    std::memcpy(into + i * sizeof a, &a, sizeof a);
  }
}

/// In the order of ReduceOp.
template <class Element>
constexpr std::array<Kernel, 6> kernels_of() {
  return {reduce<Element, Sum>,     reduce<Element, Product>, reduce<Element, Minimum>,
          reduce<Element, Maximum>, reduce<Element, Sum>,     reduce<Element, Sum>};
}

/// In the order of ElementType.
constexpr std::array<std::array<Kernel, 6>, 12> kKernels = {kernels_of<Plain<std::int8_t>>(),
                                                            kernels_of<Plain<std::uint8_t>>(),
                                                            kernels_of<Plain<std::int32_t>>(),
                                                            kernels_of<Plain<std::uint32_t>>(),
                                                            kernels_of<Plain<std::int64_t>>(),
                                                            kernels_of<Plain<std::uint64_t>>(),
                                                            kernels_of<Half>(),
                                                            kernels_of<Plain<float>>(),
                                                            kernels_of<Plain<double>>(),
                                                            kernels_of<Bfloat16>(),
                                                            kernels_of<E4m3>(),
                                                            kernels_of<E5m2>()};

}  // namespace

void reduce_elements(ElementType type, ReduceOp op, std::span<std::byte> into, std::span<const std::byte> from) {
  kKernels[static_cast<std::size_t>(type)][static_cast<std::size_t>(op)](into.data(), from.data(),
                                                                         into.size() / size_of(type));
}

void premultiply(ElementType type, int rank, std::span<std::byte> elements) {
  if (premultiplier(rank) == 2) {
    reduce_elements(type, ReduceOp::sum, elements, elements);
  }
}

}  // namespace plumb::bench
