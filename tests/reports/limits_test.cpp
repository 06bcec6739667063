// Limits as files say them, and collectives that are held against them.
#include "reports/limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/run_dir.h"
#include "reports/judge.h"
#include "tests/core/temporary_dir.h"

namespace plumb::reports {
namespace {

using core::Finding;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr core::Integer kGiB = 1 << 30;

/// An all-reduce of eight H100 of one host by NVLS.
core::CaseRow healthy(core::Integer bytes, double busbw_Bps, core::Integer p50_ns) {
  core::CaseRow row;
  row.name = "allreduce/" + std::to_string(bytes);
  row.collective = "allreduce";
  row.backend = "nccl";
  row.memory = "gpu";
  row.bytes = bytes;
  row.ranks = 8;
  row.hosts = 1;
  row.calls = 1;
  row.status = "ok";
  row.busbw_Bps = busbw_Bps;
  row.p50_ns = p50_ns;
  row.algorithm = "nvls";
  row.gpu_model = "NVIDIA H100 80GB HBM3";
  return row;
}

/// A run that measured these cases, and limits with these elements of collective_floors.
class Judged {
 public:
  Judged(const std::string& floors, const std::vector<core::CaseRow>& cases) {
    dir_.write("limits.json",
               R"({"schema": 1, "pair_bandwidth_share_of_line_rate": [], "collective_floors": [)" + floors + "]}");
    auto run = core::RunDir::create(dir_.path() / "run");
    auto writer = run.writer<core::CaseRow>();
    for (const auto& row : cases) {
      writer.add(row);
    }
    writer.flush();
    evidence_ = read_evidence({run.path()});
    limits_ = read_limits(dir_.path() / "limits.json");
  }

  [[nodiscard]] std::vector<Finding> alone() const {
    Fabric fabric(read_map({dir_.path() / "run"}));
    return judge(evidence_, fabric, limits_).verdict.findings;
  }
  /// Where something was found before.
  [[nodiscard]] std::vector<Finding> after(const Finding& found) const {
    core::Verdict verdict;
    verdict.findings.push_back(found);
    judge_limits(evidence_, limits_, verdict);
    return verdict.findings;
  }

 private:
  test::TemporaryDir dir_;
  Evidence evidence_;
  Limits limits_;
};

std::vector<Finding> findings(const std::string& floors, const std::vector<core::CaseRow>& cases) {
  return Judged(floors, cases).alone();
}

constexpr const char* kNvls = R"({"collective": "allreduce", "backend": "nccl", "hosts": 1, "ranks": 8,
  "algorithm": "nvls", "bytes_from": 1073741824, "busbw_Bps_at_least": 4.5e11})";

TEST(CollectiveLimits, WhatIsReachedIsNoFinding) {
  EXPECT_THAT(findings(kNvls, {healthy(kGiB, 4.7e11, 4'000'000)}), IsEmpty());
}

TEST(CollectiveLimits, WhatIsMissedFailsAndSaysByHowMuch) {
  const auto all = findings(kNvls, {healthy(kGiB, 3.6e11, 5'200'000), healthy(2 * kGiB, 4.4e11, 9'000'000)});
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].severity, core::Severity::fail);
  EXPECT_EQ(all[0].kind, core::FindingKind::slow_under_load);
  EXPECT_EQ(
      all[0].title,
      "allreduce of 8 ranks on 1 host over nccl (nvls) misses its limit: busbw 360 GB/s, the limit is 450 GB/s at "
      "1 GiB; so does 1 more case");
  EXPECT_NEAR(*all[0].slowdown, 0.8, 1e-9);
  EXPECT_THAT(all[0].evidence, SizeIs(2));
}

TEST(CollectiveLimits, HoldOnlyWhereAllThatTheySayIsSo) {
  auto row = healthy(kGiB, 3.6e11, 5'200'000);
  row.algorithm = "ring";  // for which 3.6e11 is what it should be
  EXPECT_THAT(findings(kNvls, {row}), IsEmpty());
  row = healthy(kGiB, 3.6e11, 5'200'000);
  row.hosts = 2;
  EXPECT_THAT(findings(kNvls, {row}), IsEmpty());
  EXPECT_THAT(findings(kNvls, {healthy(kGiB / 2, 3.6e11, 2'600'000)}), IsEmpty()) << "smaller than it speaks of";
  row = healthy(kGiB, 3.6e11, 5'200'000);
  row.memory = "shared-gpu";
  EXPECT_THAT(findings(kNvls, {row}), IsEmpty()) << "speeds mean nothing";
  EXPECT_THAT(findings(R"({"collective": "allreduce", "gpu_model": "NVIDIA H200", "busbw_Bps_at_least": 4.5e11})",
                       {healthy(kGiB, 3.6e11, 5'200'000)}),
              IsEmpty());
}

TEST(CollectiveLimits, SmallMessagesByTheirTime) {
  const auto* const limit = R"({"collective": "allreduce", "bytes_to": 1024, "p50_ns_at_most": 40000})";
  EXPECT_THAT(findings(limit, {healthy(8, 1e5, 39'000)}), IsEmpty());
  const auto all = findings(limit, {healthy(8, 1e5, 80'000)});
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all[0].title, HasSubstr("80.0 us, the limit is 40.0 us at 8 B"));
  EXPECT_NEAR(*all[0].slowdown, 0.5, 1e-9);
}

TEST(CollectiveLimits, APartThatIsAsSlowExplainsIt) {
  const Judged judged(kNvls, {healthy(kGiB, 3.6e11, 5'200'000)});  // 0.8 of its limit
  const Finding slow{.kind = core::FindingKind::slow_link, .title = "a cable", .slowdown = 0.78};
  const auto explained = judged.after(slow);
  ASSERT_THAT(explained, SizeIs(1));
  EXPECT_THAT(explained[0].evidence, SizeIs(1));
  EXPECT_THAT(judged.after({.title = "a cable", .slowdown = 0.93}), SizeIs(2)) << "not slow enough to explain it";
  EXPECT_THAT(judged.after({.title = "no cable"}), SizeIs(2)) << "does not say how slow";
  EXPECT_THAT(judged.after({.severity = core::Severity::info, .title = "an aside", .slowdown = 0.5}), SizeIs(2));
}

TEST(Limits, AFileIsWrittenAsItIsRead) {
  auto limits = default_limits();
  limits.collective_floors.push_back({.collective = "alltoall",
                                      .backend = "mpi",
                                      .hosts = 4,
                                      .bytes_from = 8,
                                      .bytes_to = 8,
                                      .p50_ns_at_most = 12345});
  const test::TemporaryDir dir;
  dir.write("limits.json", to_json(limits).dump());
  const auto again = read_limits(dir.path() / "limits.json");
  EXPECT_EQ(to_json(again), to_json(limits));
  EXPECT_EQ(again.collective_floors.front().hosts, 4);
  EXPECT_EQ(again.collective_floors.front().ranks, std::nullopt);
}

std::string complaint(const std::string& floor) {
  try {
    findings(floor, {});
  } catch (const core::Error& error) {
    return error.what();
  }
  return "none";
}

TEST(Limits, WhatAFileSaysWrongIsToldWithItsPlace) {
  EXPECT_THAT(complaint(R"({"collective": "allreduce", "busbw_at_least": 1})"),
              AllOf(HasSubstr("limits.json: collective_floors, number 1: 'busbw_at_least' is not known")));
  EXPECT_THAT(complaint(R"({"collective": "allreduce"})"), HasSubstr("busbw_Bps_at_least or p50_ns_at_most"));
  EXPECT_THAT(complaint(R"({"busbw_Bps_at_least": 1})"), HasSubstr("needs collective"));
  EXPECT_THAT(complaint(R"({"collective": "allreduce", "p50_ns_at_most": 0})"), HasSubstr("above 0"));
  EXPECT_THAT(complaint(R"({"collective": "allreduce", "ranks": "eight", "p50_ns_at_most": 1})"),
              HasSubstr("limits.json: "));
}

}  // namespace
}  // namespace plumb::reports
