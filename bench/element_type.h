// Element types and reductions, with nccl-tests' names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace plumb::bench {

enum class ElementType { int8, uint8, int32, uint32, int64, uint64, half, float32, float64, bfloat16, e4m3, e5m2 };
enum class ReduceOp { sum, prod, min, max, avg, mulsum };

inline constexpr ElementType kElementTypes[] = {ElementType::int8,     ElementType::uint8,   ElementType::int32,
                                                ElementType::uint32,   ElementType::int64,   ElementType::uint64,
                                                ElementType::half,     ElementType::float32, ElementType::float64,
                                                ElementType::bfloat16, ElementType::e4m3,    ElementType::e5m2};
inline constexpr ReduceOp kReduceOps[] = {ReduceOp::sum, ReduceOp::prod, ReduceOp::min,
                                          ReduceOp::max, ReduceOp::avg,  ReduceOp::mulsum};
/// What `mulsum` multiplies what a rank contributes by, before the sum.
constexpr int premultiplier(int rank) { return 2 - rank % 2; }

std::string_view name_of(ElementType type);  // "float", "bfloat16", "f8e4m3", …
std::string_view name_of(ReduceOp op);
std::size_t size_of(ElementType type);  // bytes

/// A name, or "all". Throws UsageError that lists the names.
std::vector<ElementType> parse_element_types(std::string_view text);
std::vector<ReduceOp> parse_reduce_ops(std::string_view text);

/// IEEE binary16 and bfloat16 bit patterns; to_* round to nearest even.
float half_to_float(std::uint16_t bits);
std::uint16_t float_to_half(float value);
float bfloat16_to_float(std::uint16_t bits);
std::uint16_t float_to_bfloat16(float value);

/// Writes `value` as an element of `type` at `destination`. Exact for the small integers that patterns use.
void store_element(ElementType type, double value, std::byte* destination);
double load_element(ElementType type, const std::byte* source);

/// `sum` / `ranks` as `type` divides: integers towards zero, half and bfloat16 through float. Eight-bit floating point
/// numbers are multiplied by 1 / `ranks` rounded to the type, as NCCL does: its lower values have fewer bits.
double divide_as(ElementType type, double sum, int ranks);

/// Divides each element in place as divide_as does.
void divide_elements(ElementType type, std::span<std::byte> elements, int ranks);

}  // namespace plumb::bench
