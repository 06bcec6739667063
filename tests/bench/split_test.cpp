#include "bench/split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/group_summary.h"
#include "core/error.h"

namespace plumb::bench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<int> groups(const std::string& text, int ranks) { return groups_of(parse_split(text), ranks); }

TEST(Split, AsNcclTestsSplits) {
  EXPECT_THAT(groups("MOD 4", 8), ElementsAre(0, 1, 2, 3, 0, 1, 2, 3));
  EXPECT_THAT(groups("AND 0x3", 8), ElementsAre(0, 1, 2, 3, 0, 1, 2, 3));
  EXPECT_THAT(groups("&0b1", 4), ElementsAre(0, 1, 0, 1));
  EXPECT_THAT(groups("DIV 4", 8), ElementsAre(0, 0, 0, 0, 1, 1, 1, 1));
  EXPECT_THAT(groups("or 0x3", 8), ElementsAre(0, 0, 0, 0, 1, 1, 1, 1));
  EXPECT_THAT(groups("", 3), ElementsAre(0, 0, 0));
}

TEST(Split, WhatMakesNoGroupsIsToldWhy) {
  for (const char* text : {"MOD", "MOD 0", "/0", "XOR 3", "MOD 8x", "8"}) {
    EXPECT_THROW((void)parse_split(text), core::UsageError) << text;
  }
  EXPECT_THROW(groups("MOD 3", 8), core::UsageError) << "of 3 and 2 ranks";
  EXPECT_THROW(groups("MOD 8", 8), core::UsageError) << "each alone";
}

core::CaseRow row_of(int group, core::Integer p50_ns, double busbw_Bps) {
  core::CaseRow row;
  row.status = "ok";
  row.group = group;
  row.p50_ns = p50_ns;
  row.busbw_Bps = busbw_Bps;
  row.wrong = group;
  return row;
}

TEST(GroupSummary, TheSlowestStandsForAllAndTheirWrongElementsAdd) {
  const auto row = row_of_all({row_of(0, 10, 4e9), row_of(1, 40, 1e9), row_of(2, 11, 3.8e9)});
  EXPECT_EQ(row.p50_ns, 40);
  EXPECT_EQ(row.wrong, 3);
  EXPECT_FALSE(row.group);
  auto failed = row_of(1, 0, 0);
  failed.status = "failed";
  EXPECT_EQ(row_of_all({row_of(0, 10, 4e9), failed}).status, "failed");
}

TEST(GroupSummary, NamesTheSlowest) {
  GroupSummary summary;
  EXPECT_EQ(summary.text(), "");
  for (const auto& row : {row_of(0, 10, 4e9), row_of(1, 40, 1e9), row_of(2, 11, 4e9)}) {
    summary.add(row);
  }
  EXPECT_THAT(summary.text(), HasSubstr("0: 4, 1: 1, 2: 4"));
  EXPECT_THAT(summary.text(), HasSubstr("group 1, 1 GB/s, 25 % of the median group"));
}

}  // namespace
}  // namespace plumb::bench
