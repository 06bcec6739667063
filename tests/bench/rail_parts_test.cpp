#include "bench/rail_parts.h"

#include <gtest/gtest.h>

namespace plumb::bench {
namespace {

TEST(RailParts, CoverAMessageOnce) {
  for (const std::size_t bytes : {1UL, 8UL, 4096UL, 4097UL, 12'288UL, 65'536UL, 1'000'003UL, 64UL << 20U}) {
    for (std::size_t rails = 1; rails <= 9; ++rails) {
      std::size_t next = 0;
      for (std::size_t rail = 0; rail < rails; ++rail) {
        const auto part = rail_part(bytes, rail, rails);
        EXPECT_EQ(part.offset, next);
        EXPECT_EQ(part.bytes > 0, rail < rails_used(bytes, rails)) << bytes << " over " << rails << ", rail " << rail;
        next += part.bytes;
      }
      EXPECT_EQ(next, bytes);
    }
  }
}

TEST(RailParts, AreEqualWhenMessagesAreLarge) {
  EXPECT_EQ(rail_part(64 << 20, 0, 8).bytes, 8U << 20U);
  EXPECT_EQ(rail_part(64 << 20, 7, 8).bytes, 8U << 20U);
}

TEST(RailParts, ASmallMessageGoesOverTheFirst) {
  EXPECT_EQ(rails_used(0, 8), 1U);
  EXPECT_EQ(rails_used(4096, 8), 1U);
  EXPECT_EQ(rails_used(4097, 8), 2U);
}

}  // namespace
}  // namespace plumb::bench
