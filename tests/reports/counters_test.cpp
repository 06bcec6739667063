// ports.<host>.csv as the programs of bench/ write it, judged with the pairs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/judge.h"
#include "reports/outputs.h"
#include "tests/reports/fleet.h"

namespace plumb::reports {
namespace {

constexpr core::Integer kWordsMoved = 2'500'000'000;  // of four bytes, each way: 0.16 Tbit

/// One file a host, counters that never were cleared.
void write_ports(const std::filesystem::path& path, int hosts, core::Integer errors_of_n05, bool counts_data,
                 core::Integer errors = 1) {
  const auto dir = core::RunDir::create(path);
  for (int h = 0; h < hosts; ++h) {
    const auto host = "n0" + std::to_string(h);
    auto ports = dir.writer<core::PortRow>(host);
    for (const bool after : {false, true}) {
      const auto add = [&](const std::string& counter, core::Integer before, core::Integer rise) {
        ports.add({after ? 2 : 1, after ? "after" : "before", "nic/" + host + "/mlx5_0", "1", counter,
                   before + (after ? rise : 0)});
      };
      add("symbol_error", 100 * h, h == 5 ? errors_of_n05 : errors);
      if (counts_data) {
        add("port_xmit_data", 7, kWordsMoved);
        add("port_rcv_data", 9, kWordsMoved);
      }
    }
  }
}

core::Verdict judged(core::Integer errors_of_n05, bool counts_data) {
  const test::TemporaryDir dir;
  const test::Fleet fleet;
  fleet.write(dir.path() / "run");
  write_ports(dir.path() / "run", fleet.hosts, errors_of_n05, counts_data);
  Fabric fabric;
  return judge(read_evidence({dir.path() / "run"}), fabric, default_limits()).verdict;
}

TEST(Counters, ErrorsAreToldWithTheirRate) {
  const auto verdict = judged(5'000, true);
  ASSERT_EQ(verdict.findings.size(), 1U) << terminal_text(verdict, false);
  EXPECT_EQ(verdict.findings[0].kind, core::FindingKind::errors_on_link);
  EXPECT_THAT(terminal_text(verdict, false), testing::HasSubstr("symbol_error +5000 (3.12e+04 per Tbit moved)"));
  EXPECT_THAT(terminal_text(verdict, false), testing::HasSubstr("ports.n05.csv"));
}

TEST(Counters, WithoutDataCountersThereIsNoRate) {
  const auto text = terminal_text(judged(5'000, false), false);
  EXPECT_THAT(text, testing::HasSubstr("symbol_error +5000"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("Tbit")));
}

/// `errors` on all ports but that of n05, in each of three runs.
core::Verdict judged_in_three_runs(core::Integer errors_of_n05, core::Integer errors) {
  const test::TemporaryDir dir;
  const test::Fleet fleet;
  fleet.write(dir.path() / "pairs");
  for (const auto* run : {"pairs", "allreduce", "alltoall"}) {
    write_ports(dir.path() / run, fleet.hosts, errors_of_n05, true, errors);
    core::RunDir::create(dir.path() / run).put({.tool = "plumb-pairs", .status = "complete"});
  }
  Fabric fabric;
  return judge(read_evidence({dir.path() / "pairs", dir.path() / "allreduce", dir.path() / "alltoall"}), fabric,
               default_limits())
      .verdict;
}

TEST(Counters, OfSeveralRunsAreAddedUp) {
  const auto verdict = judged_in_three_runs(5'000, 1);
  ASSERT_EQ(verdict.findings.size(), 1U) << terminal_text(verdict, false);
  EXPECT_THAT(verdict.findings[0].title, testing::EndsWith("symbol_error +15000 in 3 runs (3.12e+04 per Tbit moved), "
                                                           "expected below 32 in each run, as its peers"));
}

TEST(Counters, WhatAllCountAlikeInEachOfSeveralRunsIsNoFault) {
  EXPECT_TRUE(judged_in_three_runs(100, 100).findings.empty());
}

TEST(Counters, WhatAllCountAlikeIsNoFault) { EXPECT_TRUE(judged(1, true).findings.empty()); }

}  // namespace
}  // namespace plumb::reports
