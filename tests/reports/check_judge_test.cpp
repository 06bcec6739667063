// Rows of checks become findings: of the right kind, of the right part, once.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/check_subject.h"
#include "reports/check_words.h"
#include "reports/judge.h"
#include "reports/outputs.h"
#include "tests/reports/failing.h"
#include "tests/reports/two_tiers.h"

namespace plumb::reports {
namespace {

using core::CheckRow;
using core::FindingKind;
using core::Severity;
using core::VerdictKind;
using test::failing;
using test::Fleet;
using test::fleet_of;
using test::TwoTiers;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kHostCable = "host/n05--switch/leaf1:1", kUplink = "switch/leaf1:u0--switch/spine0:4";

CheckRow check(const std::string& subject, const std::string& name, const std::string& status = "fail",
               const std::string& observed = "2x", const std::string& expected = "4x") {
  return {"", subject, name, status, observed, expected, "mend " + subject};
}

Judgement judged(const std::vector<CheckRow>& rows, const std::function<double(int, int)>& factor = nullptr) {
  const test::TemporaryDir dir;
  const TwoTiers map;
  map.write(dir.path() / "run");
  auto fleet = fleet_of(map);
  fleet.factor = factor ? factor : fleet.factor;
  fleet.write(dir.path() / "run");
  core::write_file_atomically(dir.path() / "run/checks.plan.csv", core::table_text(rows));
  Fabric fabric(read_map({dir.path() / "run"}));
  return judge(read_evidence({dir.path() / "run"}), fabric, default_limits());
}

std::vector<std::string> suspects_of(const core::Finding& finding) {
  std::vector<std::string> components;
  for (const auto& suspect : finding.suspects) {
    components.push_back(suspect.component);
  }
  return components;
}

TEST(JudgeChecks, UcxThatFellBackToTcpIsConfig) {
  const auto row = check("host/n05", "ucx_transport", "fail", "tcp (eth0) to 7 ranks", "RDMA over mlx5_0");
  const auto verdict = judged({row, row}).verdict;  // two programs saw it
  ASSERT_THAT(verdict.findings, SizeIs(1));
  EXPECT_EQ(verdict.findings[0].kind, FindingKind::config);
  EXPECT_EQ(verdict.findings[0].title, "host/n05: ucx transport: tcp (eth0) to 7 ranks, expected RDMA over mlx5_0");
  EXPECT_THAT(suspects_of(verdict.findings[0]), ElementsAre("host/n05"));
}

TEST(JudgeChecks, WhatPassedIsNoFinding) {
  const auto verdict = judged({check("", "cable", "pass", "20 of 20", ""), check("", "firmware", "pass")}).verdict;
  EXPECT_EQ(verdict.kind, VerdictKind::pass) << terminal_text(verdict, false);
  EXPECT_THAT(verdict.findings, IsEmpty());
}

TEST(JudgeChecks, ChecksHaveTheKindOfWhatTheyMean) {
  for (const auto* name : {"cable_missing", "cable_swapped", "cable_wrong_port", "cable_extra", "node_missing",
                           "node_extra", "rail_mismatch"}) {
    EXPECT_EQ(kind_of_check(name), FindingKind::miswired) << name;
  }
  for (const auto* name :
       {"link_width", "link_speed", "link_slower_than_peers", "cable_slower_than_plan", "pcie_width"}) {
    EXPECT_EQ(kind_of_check(name), FindingKind::downgraded_link) << name;
  }
  EXPECT_EQ(kind_of_check("errors"), FindingKind::errors_on_link);
  EXPECT_EQ(kind_of_check("counter_saturated"), FindingKind::errors_on_link);
  for (const auto* name : {"firmware", "duplicate_name", "duplicate_guid", "conflict"}) {
    EXPECT_EQ(kind_of_check(name), FindingKind::config) << name;
  }
}

TEST(JudgeChecks, ARowIsAFindingWithItsPlaceAndAdvice) {
  const auto verdict = judged({check("", "cable", "pass"), check(kUplink, "link_width")}).verdict;
  EXPECT_EQ(verdict.kind, VerdictKind::fail);
  ASSERT_THAT(verdict.findings, SizeIs(1));
  const auto& finding = verdict.findings[0];
  EXPECT_EQ(finding.kind, FindingKind::downgraded_link);
  EXPECT_EQ(finding.title, kUplink + ": link width: 2x, expected 4x");
  EXPECT_THAT(suspects_of(finding), ElementsAre(kUplink));
  EXPECT_EQ(finding.advice, "mend " + kUplink);
  ASSERT_THAT(finding.evidence, SizeIs(1));
  EXPECT_EQ(finding.evidence[0].file, "checks.plan.csv");
  EXPECT_EQ(finding.evidence[0].row, 3);
}

TEST(JudgeChecks, WarningsDoNotFailTheRun) {
  const auto verdict = judged({check("host/n05", "firmware", "warn")}).verdict;
  EXPECT_EQ(verdict.kind, VerdictKind::pass);
  ASSERT_THAT(verdict.findings, SizeIs(1));
  EXPECT_EQ(verdict.findings[0].severity, Severity::warn);
  EXPECT_EQ(verdict.findings[0].kind, FindingKind::config);
}

TEST(JudgeChecks, WrongCablesOfOneLeafAreOneFinding) {
  std::vector<CheckRow> rows;
  for (int port = 1; port <= 20; ++port) {
    rows.push_back(check(fmt::format("nic/n{}/a:1--switch/leaf1:{}", port, port),
                         port % 4 == 0 ? "cable_missing" : "cable_wrong_port"));
  }
  rows.push_back(check("nic/n50/a:1--switch/leaf9:1", "cable_missing"));
  rows.push_back(check("nic/n3/a:1--switch/leaf1:3", "errors", "warn"));
  const auto verdict = judged(rows).verdict;
  ASSERT_THAT(verdict.findings, SizeIs(3));
  EXPECT_EQ(verdict.findings[0].kind, FindingKind::miswired);
  EXPECT_THAT(verdict.findings[0].evidence, SizeIs(20));
  EXPECT_THAT(verdict.findings[0].suspects, SizeIs(20));
  EXPECT_EQ(verdict.findings[0].title,
            "switch/leaf1: 20 parts not cabled as planned (15 cable wrong port, 5 cable missing)");
  EXPECT_THAT(verdict.findings[0].evidence[3].says, HasSubstr("mend nic/n4/a:1--switch/leaf1:4"));
  EXPECT_THAT(suspects_of(verdict.findings[1]), ElementsAre("nic/n50/a:1--switch/leaf9:1"));
  EXPECT_EQ(verdict.findings[2].kind, FindingKind::errors_on_link);
}

TEST(JudgeChecks, ASwapSuspectsBothCables) {
  const std::string other = "host/n06--switch/leaf1:2";
  const auto verdict = judged({check(kHostCable + "; " + other, "cable_swapped")}).verdict;
  ASSERT_THAT(verdict.findings, SizeIs(1));
  EXPECT_EQ(verdict.findings[0].kind, FindingKind::miswired);
  EXPECT_EQ(verdict.findings[0].title, "cable swapped: 2x, expected 4x");
  EXPECT_THAT(suspects_of(verdict.findings[0]), ElementsAre(kHostCable, other));
}

TEST(JudgeChecks, TwoRowsAboutOneCableAreOneFinding) {
  const auto verdict = judged({check(kUplink, "link_width"), check(kUplink, "cable_slower_than_plan")}).verdict;
  ASSERT_THAT(verdict.findings, SizeIs(1));
  EXPECT_THAT(verdict.findings[0].title, HasSubstr(kUplink + ": link width"));
  EXPECT_THAT(verdict.findings[0].evidence, SizeIs(2));
}

TEST(JudgeChecks, APortIsItsCable) {
  const auto verdict = judged({check("switch/leaf1:u0", "errors"), check("switch/spine0:4", "errors", "warn"),
                               check("switch/leaf2:99", "errors", "warn")})
                           .verdict;
  ASSERT_THAT(verdict.findings, SizeIs(2));
  EXPECT_THAT(suspects_of(verdict.findings[0]), ElementsAre(kUplink));
  EXPECT_THAT(verdict.findings[0].evidence, SizeIs(2));
  EXPECT_THAT(suspects_of(verdict.findings[1]), ElementsAre("switch/leaf2"));
}

double slow_n05(int a, int b) { return a == 5 || b == 5 ? 0.3 : 1.0; }

TEST(JudgeChecks, ADowngradedCableExplainsASlowOne) {
  const auto plain = failing(judged({}, slow_n05));
  ASSERT_THAT(plain, SizeIs(1));
  const auto fails = failing(judged({check(kHostCable, "link_width", "warn")}, slow_n05));
  ASSERT_THAT(fails, SizeIs(1));
  EXPECT_EQ(fails[0].kind, FindingKind::slow_link);
  EXPECT_THAT(suspects_of(fails[0]), ElementsAre(kHostCable, "host/n05"));
  EXPECT_GT(fails[0].suspects[0].posterior, plain[0].suspects[0].posterior);
  EXPECT_THAT(fails[0].title, HasSubstr("30 % of its peers"));
  EXPECT_THAT(fails[0].title, HasSubstr("link width: 2x, expected 4x"));
  EXPECT_THAT(fails[0].advice, HasSubstr("mend " + kHostCable + "; then"));
  EXPECT_EQ(fails[0].evidence[0].file, "checks.plan.csv");
  EXPECT_EQ(fails[0].evidence[1].file, "pairs.csv");
}

TEST(JudgeChecks, NarrowPcieExplainsASlowHost) {
  const auto fails = failing(judged({check("host/n05--nic/n05/mlx5_0", "pcie_width")}, slow_n05));
  ASSERT_THAT(fails, SizeIs(1));
  EXPECT_EQ(fails[0].suspects[0].component, "host/n05--nic/n05/mlx5_0");
  EXPECT_EQ(fails[0].suspects[1].component, "host/n05");
}

TEST(JudgeChecks, WhatIsWrongElsewhereDoesNotExplainASlowCable) {
  const auto fails = failing(judged({check(kUplink, "link_width"), check(kHostCable, "cable_wrong_port")}, slow_n05));
  EXPECT_THAT(fails, SizeIs(3));
}

TEST(JudgeChecks, WhatWasNotSeenNeverPasses) {
  const auto verdict =
      judged({check("switch/leaf1:7", "discovery", "absent"), check("switch/leaf1:8", "discovery", "absent"),
              check("lldp", "source", "absent", "lldpd does not run")})
          .verdict;
  EXPECT_EQ(verdict.kind, VerdictKind::inconclusive);
  EXPECT_THAT(verdict.findings, IsEmpty());
  EXPECT_THAT(verdict.summary, HasSubstr("the map is incomplete: 2 ports or nodes did not answer"));
  EXPECT_THAT(verdict.notes, testing::Contains("not checked: source lldp: lldpd does not run"));
}

TEST(JudgeChecks, HostileAndOddSubjectsAreOnlyNames) {
  const auto verdict = judged({check("", "errors", "warn"), check("--", "errors", "warn"), check(":", "link_width"),
                               check("a--b--switch/", "cable_missing"), check("<b>\n--nic/x", "node_missing")})
                           .verdict;
  EXPECT_EQ(verdict.kind, VerdictKind::fail);
  EXPECT_THAT(terminal_text(verdict, false), HasSubstr("errors: 2x, expected 4x"));
}

TEST(CheckSubjects, NamesMayHaveDashes) {
  const topology::Graph empty;
  const auto subject = CheckSubjects(empty).of("nic/n1--x/a:1--switch/leaf--1:2");
  EXPECT_THAT(subject.nodes, ElementsAre("host/n1--x", "switch/leaf--1"));
  EXPECT_THAT(subject.parts, ElementsAre("nic/n1--x/a:1--switch/leaf--1:2", "nic/n1--x/a", "host/n1--x"));
}

std::vector<CheckRow> facts(const std::vector<std::string>& values) {
  std::vector<CheckRow> rows;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto host = fmt::format("n{:02}", i);
    rows.push_back(
        {host, "host/" + host, "gpu_driver_version", "pass", values[i], std::string(core::kSameOnAllHosts), ""});
  }
  return rows;
}

TEST(JudgeChecks, HostsThatDifferFromTheOthersAreOneFinding) {
  const auto verdict = judged(facts({"550", "550", "560", "550", "560", "550", "470"})).verdict;
  ASSERT_THAT(verdict.findings, SizeIs(1));
  const auto& finding = verdict.findings[0];
  EXPECT_EQ(finding.title, "gpu driver version: 560 on 2 hosts, 470 on 1 host, expected 550, as 4 of 7 hosts");
  EXPECT_EQ(finding.kind, FindingKind::config);
  EXPECT_EQ(finding.severity, Severity::warn);
  EXPECT_THAT(suspects_of(finding), ElementsAre("host/n02", "host/n04", "host/n06"));
  ASSERT_THAT(finding.evidence, SizeIs(1));
  EXPECT_EQ(finding.evidence[0].file, "checks.plan.csv");
}

TEST(JudgeChecks, AnOddHostMayHaveOtherFaultsToo) {
  auto rows = facts({"a", "a", "a", "b"});
  rows.push_back({"n03", "host/n03", "memlock", "fail", "64 KiB", "16 GiB or more", "raise it"});
  const auto verdict = judged(rows).verdict;
  ASSERT_THAT(verdict.findings, SizeIs(1));
  EXPECT_EQ(verdict.findings[0].title, "host/n03: memlock: 64 KiB, expected 16 GiB or more; and 1 more");
  EXPECT_EQ(verdict.findings[0].severity, Severity::fail);
  EXPECT_THAT(verdict.findings[0].evidence[1].says,
              HasSubstr("gpu driver version: b on 1 host, expected a, as 3 of 4 hosts"));
}

TEST(JudgeChecks, AFleetThatSplitsHasNoOddHost) {
  const auto verdict = judged(facts({"a", "a", "b", "b"})).verdict;
  ASSERT_THAT(verdict.findings, SizeIs(1));
  EXPECT_EQ(verdict.findings[0].title,
            "gpu driver version: hosts differ: a on 2 hosts, b on 2 hosts, expected one value");
  EXPECT_THAT(verdict.findings[0].suspects, IsEmpty());
}

TEST(JudgeChecks, EqualFactsAndTwoHostsAreSilent) {
  EXPECT_THAT(judged(facts({"a", "a", "a"})).verdict.findings, IsEmpty());
  EXPECT_THAT(judged(facts({"a", "b"})).verdict.findings, IsEmpty());
}

TEST(JudgeChecks, AHostThatToldTwiceHasItsLastWord) {
  auto rows = facts({"a", "b", "a", "a"});
  rows.push_back(rows[0]);
  rows.back().host = "n01";
  rows.back().subject = "host/n01";
  EXPECT_THAT(judged(rows).verdict.findings, IsEmpty());
}

TEST(JudgeChecks, ASettingThatManyHostsHaveIsOneFinding) {
  std::vector<CheckRow> rows;
  for (int i = 0; i < 30; ++i) {
    const auto host = fmt::format("n{:02}", i % 5);
    rows.push_back(
        {host, fmt::format("nic/{}/mlx5_{}", host, i / 5), "roce_mtu", "warn", "1500 B", "4200 B or more", "raise it"});
  }
  rows.push_back({"n01", "host/n01", "memlock", "fail", "64 KiB", "16 GiB or more", "raise it"});
  const auto verdict = judged(rows).verdict;
  ASSERT_THAT(verdict.findings, SizeIs(2));
  EXPECT_EQ(verdict.findings[0].title, "host/n01: memlock: 64 KiB, expected 16 GiB or more");
  EXPECT_EQ(verdict.findings[1].title, "5 hosts: roce mtu: 1500 B, expected 4200 B or more");
  EXPECT_EQ(verdict.findings[1].advice, "raise it");
  EXPECT_THAT(verdict.findings[1].suspects, SizeIs(30));
  EXPECT_THAT(verdict.findings[1].evidence, SizeIs(20));
}

TEST(JudgeChecks, ALongFactIsToldByWhatDiffers) {
  const std::string options = "ro iommu=pt console=ttyS0 hugepagesz=1G hugepages=16 processor.max_cstate=1";
  const auto verdict = judged(facts({options, options, "quiet " + options, options})).verdict;
  ASSERT_THAT(verdict.findings, SizeIs(1));
  EXPECT_EQ(verdict.findings[0].title, "gpu driver version: with quiet on 1 host, expected as 3 of 4 hosts");
}

TEST(JudgeChecks, APartThatManyHostsHaveWrongIsOneFinding) {
  std::vector<CheckRow> rows;
  for (int i = 0; i < 12; ++i) {
    rows.push_back({fmt::format("n{:02}", i), fmt::format("gpu/n{:02}/3", i), "pcie_width", "fail",
                    fmt::format("x{}", i % 2 == 0 ? 8 : 4), "x16", "reseat it"});
  }
  std::ranges::copy(facts(std::vector<std::string>(64, "550")), std::back_inserter(rows));
  const auto verdict = judged(rows).verdict;
  ASSERT_THAT(verdict.findings, SizeIs(1));
  const auto& finding = verdict.findings[0];
  EXPECT_EQ(finding.kind, FindingKind::downgraded_link);
  EXPECT_EQ(finding.title, "12 of 64 hosts: pcie width: such as gpu/n00/3: x8, expected x16");
  EXPECT_EQ(finding.advice, "reseat it");
  EXPECT_THAT(suspects_of(finding), SizeIs(12));
}

TEST(JudgeChecks, ASettingOfManySwitchesIsOneFindingOfNodes) {
  const auto verdict =
      judged({check("switch/leaf0", "firmware"), check("switch/leaf1", "firmware"), check("switch/leaf2", "firmware")})
          .verdict;
  ASSERT_THAT(verdict.findings, SizeIs(1));
  EXPECT_EQ(verdict.findings[0].title, "3 nodes: firmware: 2x, expected 4x");
}

TEST(JudgeChecks, ACheckOfTheHostBreaksTheTie) {
  const CheckRow row{"n05", "nic/n05/mlx5_0", "link_rate", "fail", "200 Gb/sec", "400 Gb/sec", "reseat the cable"};
  const auto fails = failing(judged({row}, slow_n05));
  ASSERT_THAT(fails, SizeIs(1));
  EXPECT_EQ(fails[0].suspects[0].component, "host/n05");  // the map knows no NIC
  EXPECT_GT(fails[0].suspects[0].posterior, failing(judged({}, slow_n05))[0].suspects[0].posterior);
  EXPECT_THAT(fails[0].title, HasSubstr("link rate: 200 Gb/sec"));
  EXPECT_THAT(fails[0].advice, HasSubstr("reseat the cable; then"));
}

TEST(JudgeChecks, WhatAHostCouldNotTellIsANote) {
  const auto verdict = judged({{"n01", "nic/n01/mlx5_0", "roce_pfc", "absent", "dcb is not there", "", ""}}).verdict;
  EXPECT_EQ(verdict.kind, VerdictKind::pass);
  EXPECT_THAT(verdict.notes, testing::Contains("not checked: roce_pfc of nic/n01/mlx5_0: dcb is not there"));
}

TEST(JudgeChecks, NodeChecksHaveTheKindOfWhatTheyMean) {
  EXPECT_EQ(kind_of_check("pcie_acs"), FindingKind::config);
  EXPECT_EQ(kind_of_check("pcie_width"), FindingKind::downgraded_link);
  EXPECT_EQ(kind_of_check("pcie_errors"), FindingKind::errors_on_link);
  EXPECT_EQ(kind_of_check("link_flaps"), FindingKind::errors_on_link);
  EXPECT_EQ(kind_of_check("gpu_presence"), FindingKind::slow_gpu);
  EXPECT_EQ(kind_of_check("gpu_direct"), FindingKind::config);
  EXPECT_EQ(kind_of_check("memlock"), FindingKind::config);
}

TEST(JudgeChecks, EveryKindThatACheckMayMeanIsTold) {
  const auto verdict =
      judged({check("host/n01", "nccl_hung_rank", "fail", "rank 3 had enqueued 4 operations", "9 as others"),
              check("host/n02", "nccl_late_rank", "warn", "rank 7 comes late", "as its peers")})
          .verdict;
  ASSERT_THAT(verdict.findings, SizeIs(2));
  EXPECT_EQ(verdict.findings[0].kind, FindingKind::hung_rank);
  EXPECT_EQ(verdict.findings[1].kind, FindingKind::slow_host);
  EXPECT_EQ(verdict.kind, VerdictKind::fail);
}

}  // namespace
}  // namespace plumb::reports
