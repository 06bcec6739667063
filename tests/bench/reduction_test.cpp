#include "bench/reduction.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace plumb::bench {
namespace {

double combined(ReduceOp op, double a, double b) {
  switch (op) {
    case ReduceOp::prod:
      return a * b;
    case ReduceOp::min:
      return std::min(a, b);
    case ReduceOp::max:
      return std::max(a, b);
    case ReduceOp::sum:
    case ReduceOp::avg:
    case ReduceOp::mulsum:
      break;
  }
  return a + b;
}

std::vector<std::byte> elements_of(ElementType type, const std::array<double, 19>& values) {
  std::vector<std::byte> bytes(values.size() * size_of(type));
  for (std::size_t i = 0; i < values.size(); ++i) {
    store_element(type, values[i], bytes.data() + i * size_of(type));
  }
  return bytes;
}

TEST(Reduction, EveryTypeAndOperation) {
  std::array<double, 19> a{}, b{};
  for (std::size_t i = 0; i < a.size(); ++i) {
    a[i] = static_cast<double>(i % 7);
    b[i] = static_cast<double>((3 * i + 2) % 11);
  }
  const auto rounded = [](ElementType type, double value) {  // what 8-bit floating point numbers need
    std::byte element[8]{};
    store_element(type, value, element);
    return load_element(type, element);
  };
  for (const auto type : kElementTypes) {
    for (const auto op : kReduceOps) {
      auto into = elements_of(type, a);
      reduce_elements(type, op, into, elements_of(type, b));
      for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_EQ(load_element(type, into.data() + i * size_of(type)),
                  rounded(type, combined(op, rounded(type, a[i]), rounded(type, b[i]))))
            << name_of(type) << " " << name_of(op) << " element " << i;
      }
    }
  }
}

TEST(Reduction, IntegersWrap) {
  auto into = elements_of(ElementType::int32, {2147483647.0, -2147483648.0});
  reduce_elements(ElementType::int32, ReduceOp::sum, into, elements_of(ElementType::int32, {1, -1}));
  EXPECT_EQ(load_element(ElementType::int32, into.data()), -2147483648.0);
  EXPECT_EQ(load_element(ElementType::int32, into.data() + 4), 2147483647.0);
}

TEST(Reduction, AreasNeedNotBeAligned) {
  std::vector<std::byte> a(1 + 9 * 8), b(3 + 9 * 8);
  for (std::size_t i = 0; i < 9; ++i) {
    store_element(ElementType::float64, 1.5, a.data() + 1 + 8 * i);
    store_element(ElementType::float64, 0.25, b.data() + 3 + 8 * i);
  }
  reduce_elements(ElementType::float64, ReduceOp::sum, std::span(a).subspan(1), std::span(b).subspan(3));
  EXPECT_EQ(load_element(ElementType::float64, a.data() + 1 + 8 * 8), 1.75);
}

}  // namespace
}  // namespace plumb::bench
