#include "bench/pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>

namespace plumb::bench {
namespace {

std::uint64_t mixed(std::uint64_t x) {  // the finaliser of SplitMix64
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// Position of `rank` in an order that differs from element to element; the first few contribute most.
int turn_of(std::uint64_t seed, std::int64_t index, int rank, int ranks) {
  return static_cast<int>((static_cast<std::uint64_t>(rank) + mixed(seed ^ (static_cast<std::uint64_t>(index) << 20))) %
                          static_cast<std::uint64_t>(ranks));
}

bool is_eight_bit_float(ElementType type) { return type == ElementType::e4m3 || type == ElementType::e5m2; }

bool divides_exactly(ElementType type) {
  return type != ElementType::half && type != ElementType::float32 && type != ElementType::float64 &&
         type != ElementType::bfloat16 && !is_eight_bit_float(type);
}

/// Of a sum: so many ranks contribute to an element, each a whole number below `values`.
struct SumBounds {
  int contributors, values;
};

/// Sums up to 63, for mulsum 126: int8 holds 127, bfloat16 counts to 256. E4M3 counts to 16, E5M2 to 8.
SumBounds sum_bounds(ElementType type, ReduceOp op) {
  if (op == ReduceOp::mulsum && is_eight_bit_float(type)) {
    return type == ElementType::e4m3 ? SumBounds{8, 2} : SumBounds{4, 2};
  }
  return type == ElementType::e4m3 ? SumBounds{5, 4} : type == ElementType::e5m2 ? SumBounds{8, 2} : SumBounds{21, 4};
}

/// What is only compared: any number will do.
double compared_value(ElementType type, std::uint64_t random) {
  const auto number = static_cast<std::uint8_t>(random % 121);
  const auto bits = static_cast<std::byte>(number);  // of a finite positive number in both 8-bit formats
  return is_eight_bit_float(type) ? load_element(type, &bits) : number;
}

/// Partial sums are exact, products within 64, see docs/metrics.md.
double value_of(ElementType type, ReduceOp op, std::uint64_t seed, std::int64_t index, int rank, int ranks) {
  const std::uint64_t random =
      mixed(seed ^ mixed((static_cast<std::uint64_t>(rank) << 32) ^ static_cast<std::uint64_t>(index)));
  const int turn = turn_of(seed, index, rank, ranks);
  switch (op) {
    case ReduceOp::avg:
      if (!divides_exactly(type)) {  // one rank alone, a power of two: x / n and NCCL's x * (1 / n) are then the same
        return turn == 0 ? static_cast<double>(1U << random % 4) : 0.0;
      }
      [[fallthrough]];
    case ReduceOp::sum:
    case ReduceOp::mulsum: {
      const auto bounds = sum_bounds(type, op);
      return turn < bounds.contributors ? static_cast<double>(random % static_cast<unsigned>(bounds.values)) : 0.0;
    }
    case ReduceOp::prod:
      return turn < 6 ? 1.0 + static_cast<double>(random % 2) : 1.0;
    case ReduceOp::min:
    case ReduceOp::max:
      break;
  }
  return compared_value(type, random);
}

double combined(ReduceOp op, double a, double b) {
  switch (op) {
    case ReduceOp::sum:
    case ReduceOp::avg:
    case ReduceOp::mulsum:
      return a + b;
    case ReduceOp::prod:
      return a * b;
    case ReduceOp::min:
      return std::min(a, b);
    case ReduceOp::max:
      break;
  }
  return std::max(a, b);
}

std::string hex(const std::byte* element, std::size_t size) {
  std::string text = "0x";
  for (std::size_t i = size; i-- > 0;) {
    text += fmt::format("{:02x}", static_cast<unsigned>(element[i]));
  }
  return text;
}

std::vector<double> values_of_rank(ElementType type, ReduceOp op, std::uint64_t seed, int rank, int ranks) {
  std::vector<double> values(kPatternPeriod);
  for (std::int64_t i = 0; i < kPatternPeriod; ++i) {
    values[static_cast<std::size_t>(i)] = value_of(type, op, seed, i, rank, ranks);
  }
  return values;
}

}  // namespace

Pattern::Pattern(ElementType type, const std::vector<double>& values)
    : type_(type), size_(size_of(type)), period_(2 * values.size() * size_) {
  for (std::size_t i = 0; i < 2 * values.size(); ++i) {  // twice, so that a rotated period is one piece
    store_element(type_, values[i % values.size()], &period_[i * size_]);
  }
}

Pattern Pattern::of_rank(ElementType type, ReduceOp op, std::uint64_t seed, int rank, int ranks) {
  return {type, values_of_rank(type, op, seed, rank, ranks)};
}

Pattern Pattern::reduced(ElementType type, ReduceOp op, std::uint64_t seed, int ranks) {
  const auto contributed = [&](int rank) {
    auto values = values_of_rank(type, op, seed, rank, ranks);
    const double factor = op == ReduceOp::mulsum ? premultiplier(rank) : 1;
    std::ranges::transform(values, values.begin(), [factor](double value) { return factor * value; });
    return values;
  };
  std::vector<double> total = contributed(0);
  for (int rank = 1; rank < ranks; ++rank) {
    const auto values = contributed(rank);
    std::transform(total.begin(), total.end(), values.begin(), total.begin(),
                   [op](double a, double b) { return combined(op, a, b); });
  }
  if (op == ReduceOp::avg) {
    std::transform(total.begin(), total.end(), total.begin(), [&](double sum) { return divide_as(type, sum, ranks); });
  }
  return {type, total};
}

/// The stored bytes from element `first` on, and how many (at most `want`) follow in one piece.
const std::byte* Pattern::block(std::int64_t first, std::int64_t want, std::int64_t& run) const {
  run = std::min(want, kPatternPeriod - first % kPatternPeriod);
  return &period_[static_cast<std::size_t>(place_in_table(first)) * size_];
}

std::string Pattern::hex_of(const std::byte* element) const { return hex(element, size_); }

std::string Pattern::hex_of(std::int64_t index) const {
  return hex_of(&period_[static_cast<std::size_t>(place_in_table(index)) * size_]);
}

void Pattern::fill(std::span<std::byte> elements, std::int64_t first) const {
  std::int64_t left = static_cast<std::int64_t>(elements.size() / size_);
  std::byte* to = elements.data();
  std::int64_t run = 0;
  for (; left > 0; left -= run, first += run) {
    const std::byte* from = block(first, left, run);
    const auto bytes = static_cast<std::size_t>(run) * size_;
    std::memcpy(to, from, bytes);
    to += bytes;
  }
}

Pattern::Mismatch Pattern::compare(std::span<const std::byte> elements, std::int64_t first) const {
  Mismatch mismatch;
  const std::byte* at = elements.data();
  std::int64_t left = static_cast<std::int64_t>(elements.size() / size_);
  std::int64_t run = 0;
  for (; left > 0; left -= run, first += run) {
    const std::byte* expected = block(first, left, run);
    const auto bytes = static_cast<std::size_t>(run) * size_;
    if (std::memcmp(at, expected, bytes) != 0) {
      for (std::size_t i = 0; i < bytes; i += size_) {
        if (std::memcmp(at + i, expected + i, size_) != 0 && mismatch.wrong++ == 0) {
          mismatch.first_offset = (at + i - elements.data()) / static_cast<std::ptrdiff_t>(size_);
          mismatch.expected = hex(expected + i, size_);
          mismatch.found = hex(at + i, size_);
        }
      }
    }
    at += bytes;
  }
  return mismatch;
}

}  // namespace plumb::bench
