// What a page is given: as much as can be read, however many hosts there are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/run_dir.h"
#include "reports/judge.h"
#include "reports/outputs.h"
#include "tests/core/temporary_dir.h"

namespace plumb::reports {
namespace {

core::Json page_of(const std::filesystem::path& run) {
  Fabric fabric;
  const auto evidence = read_evidence({run});
  return page_data(evidence, fabric, judge(evidence, fabric, default_limits()));
}

TEST(PageData, OfManyGroupsTheSlowestIsShownAndWhatFailed) {
  const test::TemporaryDir dir;
  const auto run = core::RunDir::create(dir.path() / "run");
  auto writer = run.writer<core::CaseRow>();
  for (const core::Integer bytes : {64, 128}) {
    for (core::Integer group = 0; group < 40; ++group) {
      core::CaseRow row;
      row.name =
          "allreduce/mpi/host/float/sum/" + std::to_string(bytes) + "B/8ranks/group" + std::to_string(group) + "/out";
      row.collective = "allreduce";
      row.bytes = bytes;
      row.ranks = 8;
      row.group = group;
      row.status = group == 33 && bytes == 64 ? "failed" : "ok";
      row.p50_ns = group == 7 ? 900 : 500 + group;
      writer.add(row);
    }
  }
  core::CaseRow whole;
  whole.name = "allreduce/mpi/host/float/sum/64B/320ranks/out";
  whole.status = "ok";
  writer.add(whole);
  writer.flush();
  std::vector<std::string> told;
  const auto page = page_of(dir.path() / "run");
  for (const auto& one : page["cases"]) {
    told.push_back(one["case"].get<std::string>() + " of " + std::to_string(one.value("groups", 1)));
  }
  EXPECT_THAT(told, testing::UnorderedElementsAre("allreduce/mpi/host/float/sum/64B/320ranks/out of 1",
                                                  "allreduce/mpi/host/float/sum/64B/8ranks/group33/out of 1",
                                                  "allreduce/mpi/host/float/sum/64B/8ranks/group7/out of 40",
                                                  "allreduce/mpi/host/float/sum/128B/8ranks/group7/out of 40"));
}

TEST(PageData, ProgramsThatRanAlikeAreToldOnce) {
  const test::TemporaryDir dir;
  const auto run = core::RunDir::create(dir.path() / "run");
  for (const std::string host : {"n1", "n2", "n3", "n4"}) {
    core::Manifest manifest{.tool = "plumb-node", .status = host == "n3" ? "partial" : "complete"};
    manifest.host = host;
    manifest.start_utc = "2026-11-28T00:00:0" + host.substr(1) + "Z";
    manifest.end_utc = "2026-11-28T00:01:0" + host.substr(1) + "Z";
    run.put(manifest);
  }
  const core::Json told = page_of(dir.path() / "run")["manifests"];
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0]["host"], "n1");
  EXPECT_EQ(told[0]["hosts"], 3);
  EXPECT_EQ(told[0]["start_utc"], "2026-11-28T00:00:01Z");
  EXPECT_EQ(told[0]["end_utc"], "2026-11-28T00:01:04Z");
  EXPECT_EQ(told[1]["host"], "n3");
  EXPECT_EQ(told[1]["hosts"], 1);
}

/// Only as many as a picture holds: those that the others wait for, in order of ranks.
TEST(PageData, OfManyRanksTheLateAreShown) {
  const test::TemporaryDir dir;
  const auto run = core::RunDir::create(dir.path() / "run");
  auto writer = run.writer<core::RankTimeRow>();
  for (core::Integer rank = 0; rank < 1000; ++rank) {
    core::RankTimeRow row{.case_name = "x", .rank = rank, .samples = 10};
    row.arrival_p50_ns = rank;
    row.exit_p50_ns = 10'000 + rank;
    row.last_to_arrive = rank == 700 ? 9 : 0;
    row.last_to_leave = rank == 300 ? 8 : 0;
    writer.add(row);
  }
  writer.flush();
  const core::Json strips = page_of(dir.path() / "run")["rank_strips"];
  ASSERT_EQ(strips.size(), 1U);
  EXPECT_EQ(strips[0]["total"], 1000);
  const auto& ranks = strips[0]["ranks"];
  ASSERT_EQ(ranks.size(), 256U);
  EXPECT_EQ(ranks[253]["rank"], 253);
  EXPECT_EQ(ranks[254]["rank"], 300);
  EXPECT_EQ(ranks[255]["rank"], 700);
  EXPECT_EQ(ranks[255]["exit_p50_ns"], 10'700);
  EXPECT_EQ(ranks[255]["last_to_arrive"], 9);
}

}  // namespace
}  // namespace plumb::reports
