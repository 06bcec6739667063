#include "reports/grade.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/finding.h"
#include "tests/core/temporary_dir.h"

namespace plumb::reports {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr const char* kTruth =
    "fault,kind,component,factor,direction,rows,visible_in,note\n"
    "T1,slow_nic,nic/h1/n0,0.5,,8,pairs,\n"
    "T2,half_pcie,gpu/h2/0--nic/h2/n0,0.5,,8,pairs links,\n"
    "T2,half_pcie,nic/h2/n0,0.5,,8,pairs links,\n"
    "T3,ecmp_cable,switch/l1:9--switch/s1:1,0.5,,3,,\n";

core::Finding finding(core::Severity severity, const std::vector<std::string>& suspects) {
  core::Finding finding;
  finding.severity = severity;
  finding.title = "title";
  for (const auto& suspect : suspects) {
    finding.suspects.push_back({suspect, 1.0 / static_cast<double>(suspects.size())});
  }
  return finding;
}

Grade graded(const std::string& truth, const std::vector<core::Finding>& findings) {
  const test::TemporaryDir dir;
  dir.write("truth.csv", truth);
  core::Verdict verdict;
  verdict.findings = findings;
  core::write_json(dir.path() / "findings.json", core::to_json(verdict));
  Grade grade;
  grade_run(dir.path(), grade);
  return grade;
}

using core::Severity;

TEST(Grade, FoundMissedAndWrong) {
  const auto grade = graded(
      kTruth, {finding(Severity::fail, {"cable1", "nic/h1/n0", "gpu/h1/0"}), finding(Severity::warn, {"nic/h2/n0"}),
               finding(Severity::fail, {"host/h9"}), finding(Severity::info, {"host/h8"})});
  const auto total = grade.total();
  EXPECT_EQ(total.planted, 3U);
  EXPECT_EQ(total.found, 2U);
  EXPECT_EQ(total.visible, 2U);
  EXPECT_EQ(total.visible_recall(), 1);
  EXPECT_EQ(total.first, 1U);
  EXPECT_EQ(total.median_suspects(), 2);
  EXPECT_EQ(grade.findings, 3U);
  EXPECT_DOUBLE_EQ(grade.precision(), 2.0 / 3);
  ASSERT_THAT(grade.wrong, SizeIs(1));
  EXPECT_THAT(grade.wrong[0].suspects, ElementsAre("host/h9"));
  ASSERT_THAT(grade.missed, SizeIs(1));
  EXPECT_EQ(grade.missed[0].component, "switch/l1:9--switch/s1:1");
  EXPECT_EQ(grade.missed[0].rows, 3);
}

TEST(Grade, AnInfoFindingFindsNothing) {
  EXPECT_EQ(graded(kTruth, {finding(Severity::info, {"nic/h1/n0"})}).total().found, 0U);
}

// Blaming the host of a slow NIC is wrong: a user would return the host.
TEST(Grade, TheWholeIsNotThePart) {
  const auto grade = graded(kTruth, {finding(Severity::fail, {"host/h1"})});
  EXPECT_EQ(grade.total().found, 0U);
  EXPECT_EQ(grade.precision(), 0);
}

TEST(Grade, TheShortestFindingCounts) {
  const auto grade =
      graded(kTruth, {finding(Severity::fail, {"a", "b", "nic/h1/n0"}), finding(Severity::fail, {"nic/h1/n0"})});
  EXPECT_EQ(grade.by_kind.at("slow_nic").median_suspects(), 1);
  EXPECT_EQ(grade.by_kind.at("slow_nic").first, 1U);
  EXPECT_EQ(grade.precision(), 1);
}

constexpr const char* kSlowFabric =
    "fault,kind,component,factor,direction,rows,visible_in,note\nT1,slow_fabric,fabric,0.8,,800,pairs,\n";

TEST(Grade, ASlowFabricIsNoPartsFault) {
  EXPECT_EQ(graded(kSlowFabric, {finding(Severity::fail, {})}).total().found, 1U);
  const auto parts = graded(kSlowFabric, {finding(Severity::fail, {"nic/h1/n0"})});
  EXPECT_EQ(parts.total().found, 0U);
  EXPECT_EQ(parts.precision(), 0);
  EXPECT_EQ(graded(kTruth, {finding(Severity::fail, {})}).precision(), 0);
}

TEST(Grade, NothingPlantedAndNothingFoundIsPerfect) {
  const auto grade = graded("fault,kind,component,factor\n", {});
  EXPECT_EQ(grade.total().recall(), 1);
  EXPECT_EQ(grade.precision(), 1);
}

TEST(Grade, RunsAddUpAndAreNamed) {
  Grade grade = graded(kTruth, {finding(Severity::fail, {"nic/h1/n0"})});
  const test::TemporaryDir dir;
  dir.write("night/truth.csv", kTruth);
  core::write_json(dir.path() / "night/findings.json", core::to_json(core::Verdict{}));
  grade_run(dir.path() / "night", grade);
  EXPECT_EQ(grade.total().planted, 6U);
  EXPECT_EQ(grade.total().found, 1U);
  const auto text = grade_text(grade, 10);
  EXPECT_THAT(text, HasSubstr("| **all** | 6 | 1 | 0.167 |"));
  EXPECT_THAT(text, HasSubstr("missed: night T1 slow_nic nic/h1/n0 (rows slowed: 8, to 50 %; shows in: pairs)"));
  EXPECT_EQ(to_json(grade).at("by_kind").at("slow_nic").at("recall"), 0.5);
}

TEST(Grade, WhatIsMissingIsNamed) {
  const test::TemporaryDir dir;
  Grade grade;
  EXPECT_THAT(test::message_of<core::Error>([&] { grade_run(dir.path(), grade); }), HasSubstr("truth.csv"));
  dir.write("truth.csv", kTruth);
  EXPECT_THAT(test::message_of<core::Error>([&] { grade_run(dir.path(), grade); }), HasSubstr("findings.json"));
  dir.write("findings.json", R"({"findings": [{"severity": "fail"}]})");
  EXPECT_THAT(test::message_of<core::Error>([&] { grade_run(dir.path(), grade); }), HasSubstr("findings.json"));
}

}  // namespace
}  // namespace plumb::reports
