#include "topology/port_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace plumb::topology {
namespace {

TEST(PortTable, KnowsNothingAtFirst) {
  const PortTable table;
  EXPECT_EQ(table.find(0, 1), PortTable::kFree);
  EXPECT_EQ(table.find(7, 1), PortTable::kFree);
}

TEST(PortTable, TheFirstLinkInAPortStays) {
  PortTable table;
  table.put(3, 5, 10);
  table.put(3, 5, 11);
  EXPECT_EQ(table.find(3, 5), 10U);
  EXPECT_EQ(table.find(2, 5), PortTable::kFree);
  EXPECT_EQ(table.find(3, 6), PortTable::kFree);
}

TEST(PortTable, GrowsByNodeAndForgetsNothing) {
  PortTable table;
  std::map<std::pair<std::uint32_t, std::uint64_t>, std::uint32_t> wanted;
  std::mt19937_64 random(1);
  for (std::uint32_t link = 0; link < 20'000; ++link) {
    const auto node = static_cast<std::uint32_t>(random() % 50);
    const auto port = node == 7 ? random() : 1 + random() % 300 * 8;  // one node has thousands
    table.put(node, port, link);
    wanted.emplace(std::pair(node, port), link);
  }
  for (const auto& [key, link] : wanted) {
    ASSERT_EQ(table.find(key.first, key.second), link);
  }
  EXPECT_EQ(table.find(7, 3), PortTable::kFree);
}

}  // namespace
}  // namespace plumb::topology
