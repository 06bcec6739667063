// What plumb-pairs prints of hosts that were joined on several rails at once.
#include "bench/pair_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plumb::bench {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

core::PairRow row(core::Integer round, const std::string& src, const std::string& dst, double bw_Bps) {
  core::PairRow row;
  row.round = round;
  row.src = src;
  row.dst = dst;
  row.mode = "uni";
  row.bytes = 4096;
  row.status = bw_Bps > 0 ? "ok" : "failed";
  row.bw_Bps = bw_Bps;
  return row;
}

TEST(PairSummary, RailsOfAHostPairThatRanTogetherAreListedAndSummed) {
  PairSummary summary;
  summary.add(row(0, "nic/h0/a", "nic/h1/a", 40e9), true);
  summary.add(row(0, "nic/h0/b", "nic/h1/b", 10e9), true);
  summary.add(row(0, "nic/h1/a", "nic/h0/a", 41e9), false);
  summary.add(row(0, "nic/h1/b", "nic/h0/b", 42e9), false);
  EXPECT_THAT(summary.text(), ContainsRegex("rails at once, uni 4 KiB +rate\n"
                                            "host/h0 +to host/h1, sum of 2 +50.0 GB/s\n"
                                            "  nic/h0/a +to nic/h1/a +40.0 GB/s\n"
                                            "  nic/h0/b +to nic/h1/b +10.0 GB/s\n"
                                            "host/h1 +to host/h0, sum of 2 +83.0 GB/s\n"));
}

TEST(PairSummary, AFailedRailIsMissingFromTheSum) {
  PairSummary summary;
  summary.add(row(0, "nic/h0/a", "nic/h1/a", 40e9), true);
  summary.add(row(0, "nic/h0/b", "nic/h1/b", 0), true);
  EXPECT_THAT(summary.text(), ContainsRegex("host/h0 +to host/h1, sum of 1 of 2 +40.0 GB/s"));
}

TEST(PairSummary, WhatRanApartIsNotSummed) {
  PairSummary summary;
  summary.add(row(0, "nic/h0/a", "nic/h1/a", 40e9), true);
  summary.add(row(1, "nic/h0/b", "nic/h1/b", 40e9), true);   // another round
  summary.add(row(1, "nic/h0/c", "nic/h1/c", 40e9), false);  // another phase
  summary.add(row(2, "nic/h0/a", "nic/h0/b", 40e9), true);   // within a host
  summary.add(row(2, "nic/h0/c", "nic/h0/d", 40e9), true);
  EXPECT_THAT(summary.text(), Not(HasSubstr("rails at once")));
}

}  // namespace
}  // namespace plumb::bench
