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
  for (const auto op : {ReduceOp::sum, ReduceOp::prod, ReduceOp::mulsum}) {
    std::vector<std::byte> total(kCount * size);
    for (int rank = kRanks - 1; rank >= 0; --rank) {  // backwards, and rounded to the type at each step
      const auto part = filled(Pattern::of_rank(type, op, 9, rank, kRanks), type, kCount, 7);
      for (std::size_t at = 0; at < total.size(); at += size) {
        const double a = load_element(type, &total[at]);
        const double b = load_element(type, &part[at]) * (op == ReduceOp::mulsum ? premultiplier(rank) : 1);
        store_element(type, rank == kRanks - 1 ? b : op == ReduceOp::prod ? a * b : a + b, &total[at]);
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

/// A backend may divide the sum, or multiply each element by 1 / n as NCCL does: both must give the pattern's bits.
TEST(PatternOfAverages, DividingAndMultiplyingByTheInverseAgree) {
  for (const auto type : {ElementType::half, ElementType::float32, ElementType::float64, ElementType::bfloat16,
                          ElementType::e4m3, ElementType::e5m2}) {
    const auto rounded = [type](double value) {
      std::byte bytes[8]{};
      store_element(type, value, bytes);
      return load_element(type, bytes);
    };
    for (int ranks = 1; ranks <= 72; ++ranks) {
      const double inverse = rounded(type == ElementType::float64 ? 1.0 / ranks : static_cast<float>(1.0 / ranks));
      const std::size_t size = size_of(type);
      std::vector<std::byte> mine(kPatternPeriod * size), total(kPatternPeriod * size), want(kPatternPeriod * size);
      for (int rank = 0; rank < ranks; ++rank) {
        Pattern::of_rank(type, ReduceOp::avg, 7, rank, ranks).fill(mine, 0);
        for (std::size_t at = 0; at < mine.size(); at += size) {
          const double added = rounded(load_element(type, &mine[at]) * inverse);
          store_element(type, load_element(type, &total[at]) + added, &total[at]);
        }
      }
      Pattern::reduced(type, ReduceOp::avg, 7, ranks).fill(want, 0);
      ASSERT_EQ(total, want) << name_of(type) << ", " << ranks << " ranks";
    }
  }
}

/// What a GPU's kernel reads: the table at place_in_table(element).
TEST(PatternTable, HoldsWhatFillWrites) {
  const auto pattern = Pattern::of_rank(ElementType::uint32, ReduceOp::max, 3, 2, 4);
  constexpr std::int64_t kFirst = 5 * kPatternPeriod - 7;
  std::vector<std::byte> filled(std::size_t{4} * 3 * kPatternPeriod);
  pattern.fill(filled, kFirst);
  for (std::int64_t i = 0; i < 3 * kPatternPeriod; ++i) {
    const auto at = static_cast<std::size_t>(place_in_table(kFirst + i)) * pattern.element_bytes();
    ASSERT_EQ(pattern.hex_of(&pattern.table()[at]), pattern.hex_of(&filled[static_cast<std::size_t>(i) * 4]));
    ASSERT_EQ(pattern.hex_of(kFirst + i), pattern.hex_of(&pattern.table()[at]));
  }
}

}  // namespace
}  // namespace plumb::bench
