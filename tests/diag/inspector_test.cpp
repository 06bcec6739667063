// Records as NCCL 2.28's inspector writes them.
#include "diag/inspector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/diag/nccl_text_of.h"

namespace plumb::diag {
namespace {

using testing::HasSubstr;

std::string record(const std::string& id, int rank, int ranks, int nodes, const std::string& host, int number,
                   const std::string& collective, double microseconds) {
  return fmt::format(
      R"({{"header":{{"id":"{}","rank":{},"n_ranks":{},"nnodes":{}}},"metadata":{{"inspector_output_format_version":"v4.0","git_rev":"","rec_mechanism":"nccl_profiler_interface","dump_timestamp_us":1748030377748202,"hostname":"{}","pid":{}}},"coll_perf":{{"coll":"{}","coll_sn":{},"coll_msg_size_bytes":67108864,"coll_exec_time_us":{},"coll_timing_source":"kernel_gpu","coll_algobw_gbs":1.5,"coll_busbw_gbs":2.5}}}})"
      "\n",
      id, rank, ranks, nodes, host, 1000 + rank, collective, number, microseconds);
}

void read_file(InspectorReader& reader, const std::string& text, const std::string& name = "0.log") {
  reader.begin_file(name);
  LineCutter lines([&](std::string_view line, std::uint64_t number) { reader.add_line(line, number); });
  lines.add(text);
  lines.finish();
  reader.end_file();
}

/// A file a rank; the jitter is that of a healthy job. `late` is early out of its collectives by `wait_us`.
void read_job(InspectorReader& reader, const std::string& id, int ranks, int late, double wait_us,
              double cost_us = 1000, const std::string& collective = "AllReduce", const std::string& host = "") {
  for (int rank = 0; rank < ranks; ++rank) {
    std::string text;
    for (int number = 0; number < 40; ++number) {
      const double jitter = (number * 37 + rank * 11) % 50;
      text +=
          record(id, rank, ranks, host.empty() ? ranks / 4 : 1, host.empty() ? fmt::format("n{}", rank / 4 + 1) : host,
                 number, collective, cost_us + jitter - (rank == late ? wait_us : 0));
    }
    read_file(reader, text, fmt::format("{}.{}.log", id, rank));
  }
}

NcclChecks checks_of(const InspectorReader& reader, const NcclFacts& facts = {}) {
  NcclChecks checks;
  check_inspected(reader, facts, checks);
  return checks;
}

TEST(Inspector, HealthyJobsAreSilent) {
  InspectorReader reader;
  read_job(reader, "0x1", 8, -1, 0);
  EXPECT_EQ(reader.records(), 320U);
  EXPECT_EQ(reader.broken(), 0U);
  EXPECT_TRUE(checks_of(reader).empty());
}

TEST(Inspector, TheLateRankHasTheShortestTime) {
  for (const int ranks : {2, 4, 8, 16}) {
    InspectorReader reader;
    read_job(reader, "0x1", ranks, 1, 400);
    const auto checks = checks_of(reader);
    ASSERT_EQ(checks.size(), 1U) << ranks;
    EXPECT_EQ(checks[0].row.check, "nccl_late_rank");
    EXPECT_EQ(checks[0].row.subject, "host/n1");
    EXPECT_THAT(checks[0].row.observed, HasSubstr("rank 1 is in AllReduce of 64 MiB for 6"));
    EXPECT_THAT(checks[0].evidence, HasSubstr("0x1.1.log:1"));
  }
}

TEST(Inspector, ALogOfTheJobTellsWhichGpuItWas) {
  NcclLog log;
  read_text(log, replaced(replaced(healthy_log(1, 4), "n01:", "n1:"), "n02:", "n2:"));
  InspectorReader reader;
  read_job(reader, "0x1", 4, 2, 400);
  const auto checks = checks_of(reader, log.facts());
  ASSERT_EQ(checks.size(), 1U);
  EXPECT_EQ(checks[0].row.subject, "gpu/n1/2");
}

TEST(Inspector, RootsOfBroadcastsLeaveEarlyByNature) {
  InspectorReader reader;
  read_job(reader, "0x1", 8, 0, 600, 1000, "Broadcast");
  EXPECT_TRUE(checks_of(reader).empty());
}

TEST(Inspector, ACommunicatorSlowerThanItsLikes) {
  InspectorReader reader;
  for (int group = 0; group < 6; ++group) {
    read_job(reader, fmt::format("0x{}", group), 4, -1, 0, group == 4 ? 1500 : 1000, "AllReduce",
             fmt::format("n{}", group));
  }
  const auto checks = checks_of(reader);
  ASSERT_EQ(checks.size(), 1U);
  EXPECT_EQ(checks[0].row.check, "nccl_slow_communicator");
  EXPECT_EQ(checks[0].row.subject, "host/n4");
}

TEST(Inspector, OtherVersionsAndBrokenLines) {
  InspectorReader reader;
  const auto good = record("0x1", 0, 8, 1, "n1", 1, "AllReduce", 5663.5);
  read_file(
      reader,
      good + good.substr(0, good.size() / 2) + "\n" +
          R"({"header":{"id":"0x1","rank":0,"n_ranks":8,"nnodes":1},"p2p_perf":{"p2p":"Send"}})" + "\n" +
          R"({"coll_perf":{"coll_exec_time_us":7,"coll":"AllReduce","coll_msg_size_bytes":8},"header":{"nnodes":1,"n_ranks":8,"rank":3,"id":"0x1"}})");
  EXPECT_EQ(reader.records(), 3U);
  EXPECT_EQ(reader.broken(), 1U);
  EXPECT_EQ(reader.uncounted(), 1U);
  EXPECT_EQ(reader.communicators().at("0x1").members.size(), 2U);
}

TEST(Inspector, AFileThatIsNoneIsNamed) {
  InspectorReader reader;
  try {
    read_file(reader, "n01:1:2 [0] NCCL INFO Using network IB\n", "job.log");
    FAIL();
  } catch (const core::Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("job.log:1: no line is a record"));
  }
}

TEST(Inspector, HistogramsKeepTheMedianToTwoPercent) {
  TimeHistogram histogram;
  for (int i = 1; i <= 1001; ++i) {
    histogram.add(i * 10.0);
  }
  EXPECT_NEAR(histogram.median(), 5010, 5010 * 0.02);
  EXPECT_EQ(histogram.count(), 1001U);
}

}  // namespace
}  // namespace plumb::diag
