// What is read of run directories, before anything is judged.
#include "reports/evidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/temporary_dir.h"

namespace plumb::reports {
namespace {

using test::TemporaryDir;
using testing::ElementsAre;

constexpr const char* kPorts = "t_unix_ns,phase,node,port,counter,value\n";
constexpr const char* kManifest = R"({"schema":1,"tool":"plumb-topo","status":"complete"})";

TEST(Evidence, CountersAreReadFromAllFilesFirstBeforeAndLastAfter) {
  TemporaryDir dir;
  dir.write("ports.csv",
            std::string(kPorts) + "10,before,switch/s,1,link_downed,3\n20,before,switch/s,1,link_downed,4\n");
  dir.write("ports.n1.csv", std::string(kPorts) +
                                "40,after,switch/s,1,link_downed,9\n30,after,switch/s,1,link_downed,8\n"
                                "40,after,nic/n1/mlx5_0,1,symbol_error,7\n");
  const auto evidence = read_evidence({dir.path()});
  ASSERT_EQ(evidence.counters.size(), 2U);
  const auto& downed = evidence.counters[0];
  EXPECT_EQ(evidence.words[downed.node], "switch/s");
  EXPECT_EQ(evidence.words[downed.port], "1");
  EXPECT_EQ(evidence.words[downed.counter], "link_downed");
  EXPECT_EQ(downed.difference(), 6);
  EXPECT_EQ(downed.before_unix_ns, 10);
  EXPECT_EQ(downed.after_unix_ns, 40);
  EXPECT_EQ(evidence.file_of(downed.place), "ports.n1.csv");
  EXPECT_EQ(downed.place.line, 2U);
  EXPECT_EQ(evidence.counters[1].difference(), std::nullopt);
  EXPECT_EQ(evidence.counters[1].after, 7);
}

/// Tools tell a port at a time, or all before and then all after, in any order; several ports in turn.
TEST(Evidence, CountersFindTheirPortInAnyOrder) {
  TemporaryDir dir;
  std::string rows = kPorts;
  const auto tell = [&](const char* phase, int port, int counter) {
    const int value = 10 * port + counter + (*phase == 'a' ? 100 * counter : 0);
    rows += "1," + std::string(phase) + ",switch/s," + std::to_string(port) + ",e" + std::to_string(counter) + "err," +
            std::to_string(value) + "\n";
  };
  for (const int counter : {1, 2, 3, 4}) {
    for (const int port : {1, 2, 3}) {
      tell("before", port, counter);
    }
  }
  for (const int port : {3, 1, 2}) {
    for (const int counter : {4, 2, 3, 1}) {
      tell("after", port, counter);
    }
  }
  dir.write("ports.csv", rows);
  const auto evidence = read_evidence({dir.path()});
  ASSERT_EQ(evidence.counters.size(), 12U);
  for (const auto& reading : evidence.counters) {
    const int counter = evidence.words[reading.counter][1] - '0';
    EXPECT_EQ(reading.before, 10 * std::stoi(evidence.words[reading.port]) + counter);
    EXPECT_EQ(reading.difference(), 100 * counter);
  }
}

TEST(Evidence, CountersOfTwoRunsAreNotMixed) {
  TemporaryDir dir;
  dir.write("a/ports.csv", std::string(kPorts) + "10,before,switch/s,1,link_downed,3\n");
  dir.write("b/ports.csv", std::string(kPorts) + "20,after,switch/s,1,link_downed,5\n");
  const auto evidence = read_evidence({dir.path() / "a", dir.path() / "b"});
  ASSERT_EQ(evidence.counters.size(), 2U);
  EXPECT_EQ(evidence.counters[1].run, 1U);
  EXPECT_EQ(evidence.counters[1].node, evidence.counters[0].node);
}

TEST(Evidence, AnUnansweredCounterIsNotZero) {
  TemporaryDir dir;
  dir.write("ports.csv", std::string(kPorts) + "10,before,switch/s,1,link_downed,\n10,during,switch/s,1,x,1\n");
  EXPECT_TRUE(read_evidence({dir.path()}).counters.empty());
}

TEST(Evidence, GpuRowsAreReadWithTheirHostsFiles) {
  TemporaryDir dir;
  dir.write("manifest/plumb-gpu.n1.json", kManifest);
  dir.write("gpus.n1.csv",
            "gpu,test,value,unit,samples,status,reason\ngpu/n1/0,copy,2.5e10,Bps,5,ok,\n"
            "gpu/n1/1,copy,,Bps,,failed,no answer\n");
  const auto evidence = read_evidence({dir.path()});
  ASSERT_EQ(evidence.gpu_rows.size(), 2U);
  EXPECT_EQ(evidence.words[evidence.gpu_rows[0].gpu], "gpu/n1/0");
  EXPECT_EQ(evidence.gpu_rows[0].value, 2.5e10);
  EXPECT_EQ(evidence.words[evidence.gpu_tests[evidence.gpu_rows[0].test].reason], "");
  EXPECT_EQ(evidence.words[evidence.gpu_tests[evidence.gpu_rows[1].test].reason], "no answer");
  EXPECT_EQ(evidence.gpu_rows[1].value, 0);
  EXPECT_EQ(evidence.gpu_rows[1].place.line, 3U);
  EXPECT_TRUE(evidence.runs_without_manifest.empty());
}

/// Groups run a case at the same time, so that their ranks' rows come by turns; another run has the same names.
TEST(Evidence, RanksAreFoundByCaseAndRun) {
  TemporaryDir dir;
  const std::string head =
      "case,rank,samples,p50_ns,p99_ns,max_ns,arrival_p50_ns,exit_p50_ns,last_to_arrive,last_to_leave\n";
  dir.write("a/rank_times.csv", head +
                                    "x/group0,0,20,5,6,7,100,900,3,4\nx/group1,1,20,5,6,7,0,800,0,1\n"
                                    "x/group0,2,20,5,6,7,0,700,0,0\nx/group1,3,0,,,,,,,\n");
  dir.write("a/ranks.csv", "rank,host,local_rank,gpu,nic,numa\n2,n1,0,,mlx5_0,\n0,n0,0,,mlx5_0,\n1,n0,1,,mlx5_1,\n");
  dir.write("b/rank_times.csv", head + "x/group0,0,20,5,6,7,100,900,3,4\n");
  dir.write("b/ranks.csv", "rank,host,local_rank,gpu,nic,numa\n0,n7,0,,,\n");
  const auto evidence = read_evidence({dir.path() / "a", dir.path() / "b"});
  ASSERT_EQ(evidence.rank_times.size(), 3U);
  const auto& first = evidence.rank_times[0];
  EXPECT_EQ(evidence.words[first.name], "x/group0");
  EXPECT_EQ(evidence.file_of({first.file, 2}), "a/rank_times.csv");
  ASSERT_EQ(first.ranks.size(), 2U);
  EXPECT_EQ(first.ranks[0].arrival_p50_ns, 100);
  EXPECT_EQ(first.ranks[0].exit_p50_ns, 900);
  EXPECT_EQ(first.ranks[0].last_to_arrive, 3U);
  EXPECT_EQ(first.ranks[0].last_to_leave, 4U);
  EXPECT_EQ(first.ranks[1].rank, 2U);
  EXPECT_EQ(first.ranks[1].line, 4U);
  EXPECT_EQ(evidence.rank_times[1].ranks[1].samples, 0U) << "of rank 3 none counts";
  EXPECT_EQ(evidence.rank_times[2].run, 1U);
  EXPECT_EQ(evidence.host_of_rank(0, 0), "n0");
  EXPECT_EQ(evidence.host_of_rank(0, 2), "n1");
  EXPECT_EQ(evidence.host_of_rank(1, 0), "n7");
  EXPECT_EQ(evidence.place_of_rank(0, 3), nullptr) << "ranks.csv does not say";
  EXPECT_EQ(evidence.words[evidence.place_of_rank(0, 1)->nic], "mlx5_1");
}

TEST(Evidence, WhatHostsTellOfGpusAlikeIsKeptOnce) {
  TemporaryDir dir;
  const std::string head = "gpu,test,value,unit,samples,status,reason\n";
  dir.write("gpus.n1.csv", head + "gpu/n1/0,copy,5,Bps,5,ok,\ngpu/n1/0,heat,60,C,5,ok,\n");
  dir.write("gpus.n2.csv",
            head + "gpu/n2/0,heat,61,C,5,ok,\ngpu/n2/0,copy,,Bps,,failed,x\ngpu/n2/1,copy,6,Bps,5,ok,\n");
  const auto evidence = read_evidence({dir.path()});
  EXPECT_EQ(evidence.gpu_tests.size(), 3U);
  std::string told;
  for (const auto& reading : evidence.gpu_rows) {
    const auto& test = evidence.gpu_tests[reading.test];
    told += evidence.words[reading.gpu] + " " + evidence.words[test.test] + " " + evidence.words[test.unit] + " " +
            evidence.words[test.status] + "; ";
  }
  EXPECT_EQ(told,
            "gpu/n1/0 copy Bps ok; gpu/n1/0 heat C ok; gpu/n2/0 heat C ok; gpu/n2/0 copy Bps failed; "
            "gpu/n2/1 copy Bps ok; ");
}

TEST(Evidence, ARunWithoutAManifestIsKnownAsOne) {
  TemporaryDir dir;
  dir.write("a/manifest/plumb-topo.json", kManifest);
  dir.write("b/ports.csv", kPorts);
  EXPECT_THAT(read_evidence({dir.path() / "a", dir.path() / "b"}).runs_without_manifest, ElementsAre(1U));
}

}  // namespace
}  // namespace plumb::reports
