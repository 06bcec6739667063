// A driver on some hosts makes them slow: that is one finding, and each of those hosts is none. What is slower than the
// driver explains, was slow before, or has another driver, stays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/history_findings.h"
#include "tests/reports/history_fleet.h"

namespace plumb::reports {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::size_t kChanged = 16;    // hosts with the new driver: the first ones
constexpr std::size_t kWorse = 3;       // one of those, slower than the driver explains
constexpr std::size_t kAlwaysSlow = 5;  // one of those, slow before

std::string host(std::size_t number) { return "host/" + std::to_string(number); }

/// A night with the new driver, as tonight's findings and the history see it.
struct Night {
  Night() {
    test::PastFleet fleet;
    fleet.factor = [](std::size_t part, std::size_t ago) {
      return (ago == 0 && part / 8 < kChanged ? 0.88 : 1.0) * (ago == 0 && part / 8 == kWorse ? 0.9 : 1.0);
    };
    fleet.changed = [](std::size_t part) { return part / 8 < kChanged ? 1U : 0U; };
    fleet.changes = {{}, {{"driver", "550.54", "560.1"}}};
    auto given = fleet.past();
    const auto parts = given.parts.size();
    for (std::size_t part = 0; part < parts; ++part) {
      tonight.parts.push_back({"nic/" + std::to_string(part / 8) + "/" + std::to_string(part % 8),
                               "nic",
                               host(part / 8),
                               given.owners[given.parts[part].leaf],
                               {},
                               ""});
    }
    tonight.questions = fleet.questions;
    past.usual_ratio.assign(2, std::vector<float>(parts, 1));
    for (std::size_t part = 0; part < 8; ++part) {
      past.usual_ratio[0][8 * kAlwaysSlow + part] = past.usual_ratio[1][8 * kAlwaysSlow + part] = 0.9F;
    }
    past.records.resize(given.runs - 1);
    judged = judge_past(std::move(given));
    past.runs = judged.past;
  }

  void flag(const std::string& component, double slowdown, core::FindingKind kind) {
    core::Finding finding;
    finding.kind = kind;
    finding.slowdown = slowdown;
    finding.suspects = {{component, 1}};
    verdict.findings.push_back(finding);
  }

  /// Those that stay.
  std::vector<std::string> left() {
    explained = take_explained(judged.common, judged.parts, context, verdict);
    std::vector<std::string> components;
    for (const auto& finding : verdict.findings) {
      components.push_back(finding.suspects.front().component);
    }
    return components;
  }

  RunSummary tonight;
  ReadPast past;
  PastJudgement judged;
  HistoryContext context{tonight, past, "history.db"};
  core::Verdict verdict;
  Explained explained;
};

TEST(HistoryExplained, HostsThatAreAsSlowAsTheDriverMakesThemAreNoFindings) {
  Night night;
  night.flag(host(1), 0.95, core::FindingKind::slow_host);
  night.flag(host(2), 0.88, core::FindingKind::slow_host);
  night.flag("switch/6", 0.96, core::FindingKind::slow_switch);  // all of its hosts have the driver
  EXPECT_THAT(night.left(), IsEmpty());
  const auto found = common_findings(night.judged.common, night.explained, night.context);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].evidence.back().says,
            "explains 3 slow parts of tonight, no slower than all on which this changed: host/1, host/2, switch/6");
}

TEST(HistoryExplained, WhatTheDriverDoesNotExplainStays) {
  Night night;
  night.flag(host(kWorse), 0.89, core::FindingKind::slow_host);
  night.flag(host(4), 0.7, core::FindingKind::slow_host);
  night.flag(host(kAlwaysSlow), 0.88, core::FindingKind::slow_host);
  night.flag(host(40), 0.95, core::FindingKind::slow_host);
  night.flag("switch/spine", 0.95, core::FindingKind::slow_switch);
  night.flag(host(1), 0.95, core::FindingKind::errors_on_link);
  EXPECT_THAT(night.left(), ElementsAre(host(kWorse), host(4), host(kAlwaysSlow), host(40), "switch/spine", host(1)));
  EXPECT_THAT(night.explained, IsEmpty());
}

TEST(HistoryExplained, APartWithAShiftOfItsOwnStays) {
  Night night;
  night.flag("nic/1/2", 0.95, core::FindingKind::slow_nic);
  night.judged.parts.push_back({Scope::part, 8 + 2, "bandwidth out", {}, {}});
  EXPECT_THAT(night.left(), ElementsAre("nic/1/2"));
}

}  // namespace
}  // namespace plumb::reports
