// Rows of gpus.csv become findings that say how a GPU is slow: one a cause, and none on healthy hosts.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/judge.h"
#include "tests/core/temporary_dir.h"

namespace plumb::reports {
namespace {

using core::Finding;
using core::FindingKind;
using core::Severity;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kModel = "NVIDIA H100 80GB HBM3";

/// Values of one GPU, by test; what plumb-gpu writes of a healthy H100 in a host of eight, with 0.4 % of noise.
using Values = std::map<std::string, double>;

Values healthy(int gpu) {
  const double noise = 1 + 0.004 * ((gpu * 7 % 5) - 2) / 2.0;
  return {{"hbm_read", 3.02e12 * noise},
          {"hbm_write", 2.95e12 * noise},
          {"hbm_copy", 2.9e12 * noise},
          {"host_to_gpu", 5.5e10 * noise},
          {"gpu_to_host", 5.4e10 * noise},
          {"host_to_gpu_far", 4.9e10 * noise},
          {"gpu_to_host_far", 4.8e10 * noise},
          {"p2p_to_0", 3.9e11 * noise},
          {"p2p_both_to_0", 3.7e11 * noise},
          {"gemm_bf16", 7.1e14 * noise},
          {"gemm_fp8", 1.3e15 * noise},
          {"gemm_tf32", 3.6e14 * noise},
          {"sm_clock", 1.755e9 * noise},
          {"memory_clock", 2.619e9},
          {"throttle_sw_power_cap", 0.3},
          {"throttle_hw_thermal", 0},
          {"temperature", 61.0 + gpu},
          {"power", 690},
          {"remapped_rows", 0},
          {"remap_pending", 0},
          {"remap_failed", 0},
          {"retired_pages", 0},
          {"ecc_uncorrected", 0},
          {"pcie_generation", 5},
          {"max_pcie_generation", 5},
          {"pcie_width", 16},
          {"max_pcie_width", 16},
          {"sm_clock_before", gpu % 2 == 0 ? 3.45e8 : 1.98e9},  // at rest, as the driver pleases
          {"gemm_bf16_different", 0},
          {"gemm_fp8_different", 0},
          {"gemm_tf32_different", 0}};
}

const char* unit_of(const std::string& test) {
  if (test.starts_with("hbm") || test.starts_with("host") || test.starts_with("gpu_to") || test.starts_with("p2p")) {
    return "Bps";
  }
  if (test.ends_with("_different")) {
    return "count";
  }
  if (test.ends_with("_before")) {
    return "Hz_rest";
  }
  return test.starts_with("gemm") ? "FLOP/s" : test.ends_with("_clock") ? "Hz" : "";
}

using Change = std::function<void(Values&)>;

/// The findings on a host of eight GPUs, of which number 3 is changed (or all are).
std::vector<Finding> findings(const Change& change, bool of_all = false, const std::string& more = "") {
  const test::TemporaryDir dir;
  std::string gpus = "gpu,test,value,unit,samples,status,reason\n",
              nodes = "id,kind,host,model,source\nhost/n1,host,n1,,made up\n";
  for (int gpu = 0; gpu < 8; ++gpu) {
    auto values = healthy(gpu);
    if (gpu == 3 || of_all) {
      change(values);
    }
    for (const auto& [test, value] : values) {
      gpus += fmt::format("gpu/n1/{},{},{},{},20,ok,\n", gpu, test, value, unit_of(test));
    }
    nodes += fmt::format("gpu/n1/{},gpu,n1,{},made up\n", gpu, kModel);
  }
  dir.write("run/gpus.n1.csv", gpus + more);
  dir.write("run/nodes.csv", nodes);
  dir.write("run/links.csv", "id,kind,a,b\n");
  Fabric fabric(read_map({dir.path() / "run"}));
  return judge(read_evidence({dir.path() / "run"}), fabric, default_limits()).verdict.findings;
}

/// The one finding there is, on GPU 3 alone.
Finding only_finding(const Change& change, const std::string& more = "") {
  const auto all = findings(change, false, more);
  EXPECT_THAT(all, SizeIs(1));
  if (all.size() != 1) {
    return {};
  }
  EXPECT_THAT(all[0].suspects, SizeIs(1));
  EXPECT_EQ(all[0].suspects.front().component, "gpu/n1/3");
  return all[0];
}

TEST(JudgeGpus, AHealthyHostHasNoFinding) {
  EXPECT_THAT(findings([](Values&) {}), IsEmpty());
}

TEST(JudgeGpus, ACappedClockSaysByWhat) {
  const auto finding = only_finding([](Values& values) {
    values["sm_clock"] = 1.2e9;
    values["gemm_bf16"] *= 1.2 / 1.755;  // follows, and is not told twice
    values["gemm_fp8"] *= 1.2 / 1.755;
    values["gemm_tf32"] *= 1.2 / 1.755;
    values["throttle_sw_power_cap"] = 0.98;
  });
  EXPECT_EQ(finding.kind, FindingKind::slow_gpu);
  EXPECT_EQ(finding.severity, Severity::fail);
  EXPECT_EQ(
      finding.title,
      "gpu/n1/3: gpu clock capped: 1200 MHz, 68 % of its peers, by sw power cap in 98 % of samples, expected 1755 MHz");
  EXPECT_THAT(finding.evidence, SizeIs(1));
}

TEST(JudgeGpus, SlowMemoryOfEightPercent) {
  const auto finding = only_finding([](Values& values) {
    for (const auto* test : {"hbm_read", "hbm_write", "hbm_copy"}) {
      values[test] *= 0.92;
    }
  });
  EXPECT_EQ(finding.kind, FindingKind::slow_gpu);
  EXPECT_EQ(finding.severity, Severity::warn);
  EXPECT_THAT(finding.title, AllOf(HasSubstr("gpu slower hbm"), HasSubstr("92 % of its peers")));
  EXPECT_THAT(finding.evidence, SizeIs(3));
}

TEST(JudgeGpus, AHalfWidthLinkExplainsSlowCopies) {
  const auto finding = only_finding([](Values& values) {
    values["pcie_width"] = 8;
    values["host_to_gpu"] *= 0.9;  // above the model's floor, below its peers
    values["gpu_to_host"] *= 0.5;
    values["gpu_to_host_far"] *= 0.5;
  });
  EXPECT_EQ(finding.kind, FindingKind::downgraded_link);
  EXPECT_EQ(finding.title, "gpu/n1/3: pcie link: PCIe Gen5 x8, expected Gen5 x16");
}

TEST(JudgeGpus, SlowCopiesFromItsOwnSocketExplainThoseFromTheFarOne) {
  const auto finding = only_finding([](Values& values) {
    values["host_to_gpu"] *= 0.85;
    values["host_to_gpu_far"] *= 0.85;
  });
  EXPECT_EQ(finding.kind, FindingKind::slow_gpu);
  EXPECT_THAT(finding.title, HasSubstr("gpu slower host to gpu: "));
  EXPECT_THAT(finding.evidence, SizeIs(1));
}

TEST(JudgeGpus, SlowCopiesFromTheFarSocketAlonePointToTheLinkBetweenThem) {
  const auto finding = only_finding([](Values& values) { values["host_to_gpu_far"] *= 0.8; });
  EXPECT_THAT(finding.title, HasSubstr("gpu slower host to gpu far: "));
  EXPECT_THAT(finding.advice, HasSubstr("link between the sockets"));
}

TEST(JudgeGpus, APeerThatIsSlowOneWayIsToldOnce) {
  const auto finding = only_finding([](Values& values) {
    values["p2p_to_0"] *= 0.5;
    values["p2p_both_to_0"] *= 0.6;
  });
  EXPECT_THAT(finding.title, HasSubstr("gpu slower p2p to 0: "));
  EXPECT_THAT(finding.evidence, SizeIs(1));
}

TEST(JudgeGpus, APeerThatIsSlowOnlyWhileBothWaysAreBusy) {
  const auto finding = only_finding([](Values& values) { values["p2p_both_to_0"] *= 0.6; });
  EXPECT_THAT(finding.title, HasSubstr("gpu slower p2p both to 0: "));
}

TEST(JudgeGpus, ARemappedRow) {
  const auto finding = only_finding([](Values& values) { values["remapped_rows"] = 1; });
  EXPECT_EQ(finding.kind, FindingKind::slow_gpu);
  EXPECT_EQ(finding.severity, Severity::warn);
  EXPECT_THAT(finding.title, HasSubstr("gpu remapped rows: 1 remapped rows, expected none"));
}

TEST(JudgeGpus, ResultsThatDifferAreWrongData) {
  for (const char* test : {"gemm_bf16_different", "gemm_fp8_different", "gemm_tf32_different"}) {
    const auto finding = only_finding([&](Values& values) { values[test] = 2; });
    EXPECT_EQ(finding.kind, FindingKind::wrong_data) << test;
    EXPECT_EQ(finding.severity, Severity::fail) << test;
  }
}

TEST(JudgeGpus, XidsOfTheGpuCountAndThoseOfProgramsDoNot) {
  const auto finding = only_finding([](Values&) {},
                                    "gpu/n1/3,xid_79,2,count,1,ok,the GPU has fallen off the bus: drain the host\n"
                                    "gpu/n1/5,xid_31,9,count,1,ok,memory page fault: most often a program's fault\n");
  EXPECT_EQ(finding.severity, Severity::fail);
  EXPECT_EQ(finding.title, "gpu/n1/3: gpu xid 79: 2 times in the kernel's log: the GPU has fallen off the bus");
  EXPECT_EQ(finding.advice, "drain the host");
}

TEST(JudgeGpus, AllAlikeBelowTheModelsFloorFail) {
  const auto all = findings([](Values& values) { values["hbm_read"] = 2.0e12; }, true);
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all[0].suspects, SizeIs(8));
  EXPECT_THAT(all[0].title, HasSubstr("8 gpu below floor hbm read"));
}

TEST(Limits, FloorsAreOfAModelAndATest) {
  const auto limits = default_limits();
  EXPECT_EQ(limits.gpu_floor(kModel, "hbm_read"), 2.5e12);
  EXPECT_EQ(limits.gpu_floor(kModel, "power"), std::nullopt);
  EXPECT_EQ(limits.gpu_floor("", "hbm_read"), std::nullopt);
}

}  // namespace
}  // namespace plumb::reports
