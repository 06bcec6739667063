#include "bench/pattern.h"

#include <gtest/gtest.h>

#include <cmath>

namespace plumb::bench {
namespace {

TEST(Half, EveryValueSurvivesARoundTrip) {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    if (!std::isnan(half_to_float(half))) {
      EXPECT_EQ(float_to_half(half_to_float(half)), half);
    }
    if (!std::isnan(bfloat16_to_float(half))) {
      EXPECT_EQ(float_to_bfloat16(bfloat16_to_float(half)), half);
    }
  }
}

TEST(Half, RoundsToNearestEven) {
  EXPECT_EQ(half_to_float(float_to_half(2049.0F)), 2048.0F);
  EXPECT_EQ(half_to_float(float_to_half(2051.0F)), 2052.0F);
  EXPECT_EQ(bfloat16_to_float(float_to_bfloat16(257.0F)), 256.0F);
  EXPECT_EQ(bfloat16_to_float(float_to_bfloat16(259.0F)), 260.0F);
  EXPECT_EQ(float_to_half(1e6F), 0x7c00);
}

class PatternOf : public ::testing::TestWithParam<ElementType> {};

std::vector<std::byte> filled(const Pattern& pattern, ElementType type, std::int64_t count, std::int64_t first) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(count) * size_of(type));
  pattern.fill(bytes, first);
  return bytes;
}

TEST_P(PatternOf, PartialReductionsAreExactInAnyOrder) {
  const ElementType type = GetParam();
  constexpr int kRanks = 40;
  constexpr std::int64_t kCount = 2000;
  const std::size_t size = size_of(type);
  for (const auto op : {ReduceOp::sum, ReduceOp::prod}) {
    std::vector<std::byte> total(kCount * size);
    for (int rank = kRanks - 1; rank >= 0; --rank) {  // backwards, and rounded to the type at each step
      const auto part = filled(Pattern::of_rank(type, op, 9, rank, kRanks), type, kCount, 7);
      for (std::size_t at = 0; at < total.size(); at += size) {
        const double a = load_element(type, &total[at]);
        const double b = load_element(type, &part[at]);
        store_element(type, rank == kRanks - 1 ? b : op == ReduceOp::sum ? a + b : a * b, &total[at]);
      }
    }
    EXPECT_EQ(Pattern::reduced(type, op, 9, kRanks).compare(total, 7).wrong, 0) << name_of(type) << name_of(op);
  }
}

TEST_P(PatternOf, OneWrongBitIsNamed) {
  const ElementType type = GetParam();
  const auto pattern = Pattern::of_rank(type, ReduceOp::max, 3, 1, 4);
  auto bytes = filled(pattern, type, 5000, 100);
  bytes[4321 * size_of(type)] ^= std::byte{4};
  const auto mismatch = pattern.compare(bytes, 100);
  EXPECT_EQ(mismatch.wrong, 1);
  EXPECT_EQ(mismatch.first_offset, 4321);
  EXPECT_NE(mismatch.expected, mismatch.found);
  EXPECT_EQ(mismatch.found.size(), 2 + 2 * size_of(type));
}

TEST_P(PatternOf, AShiftByAnyBlockShows) {
  const ElementType type = GetParam();
  const auto pattern = Pattern::of_rank(type, ReduceOp::max, 3, 1, 4);
  for (const std::int64_t shift : {1, 2, 16, 256, 1021, 1024, 4096, 2 * 1021}) {
    EXPECT_GT(pattern.compare(filled(pattern, type, 4000, shift), 0).wrong, 2000) << shift;
  }
}

TEST_P(PatternOf, AnotherRankOrSeedShows) {
  const ElementType type = GetParam();
  const auto pattern = Pattern::of_rank(type, ReduceOp::max, 3, 1, 4);
  EXPECT_GT(pattern.compare(filled(Pattern::of_rank(type, ReduceOp::max, 3, 2, 4), type, 1000, 0), 0).wrong, 900);
  EXPECT_GT(pattern.compare(filled(Pattern::of_rank(type, ReduceOp::max, 4, 1, 4), type, 1000, 0), 0).wrong, 900);
}

INSTANTIATE_TEST_SUITE_P(AllTypes, PatternOf, ::testing::ValuesIn(kElementTypes),
                         [](const auto& one) { return std::string(name_of(one.param)); });

}  // namespace
}  // namespace plumb::bench
