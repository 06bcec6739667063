// metrics.prom: what a dashboard and an alert rely on. promtool judges the format (tests/reports/metrics).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/outputs.h"
#include "tests/reports/sample_verdicts.h"

namespace plumb::reports {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Metrics, TellWhenTheRunEndedSoThatStaleOnesAreSeen) {
  auto verdict = test::passing_verdict();
  verdict.end_utc = "2026-11-26T17:00:05Z";
  EXPECT_THAT(metrics_text(verdict), HasSubstr("\nplumbline_run_end_timestamp_seconds 1795712405\n"));
  for (const std::string none :
       {"", "yesterday", "2026-11-26T17:00:05", "2026-13-26T17:00:05Z", "2026-11-26T17:00:05Z x"}) {
    verdict.end_utc = none;
    EXPECT_THAT(metrics_text(verdict), Not(HasSubstr("timestamp"))) << none;
  }
}

TEST(Metrics, CountFindingsAndHaveZeroesForTheOthers) {
  const auto text = metrics_text(test::failing_verdict());
  EXPECT_THAT(text, HasSubstr("plumbline_findings{severity=\"fail\",kind=\"slow_link\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("plumbline_findings{severity=\"fail\",kind=\"miswired\"} 0\n"));
  EXPECT_THAT(metrics_text(test::passing_verdict()), HasSubstr("plumbline_drain_hosts 0\n"));
}

TEST(Metrics, APartOfSeveralFindingsIsOneSeries) {
  auto verdict = test::failing_verdict();
  verdict.findings = {test::slow_link_finding(), test::slow_link_finding()};
  verdict.findings.back().suspects.front().posterior = 0.95;
  const auto text = metrics_text(verdict);
  EXPECT_THAT(text, HasSubstr("{component=\"cable/n05--leaf1\",kind=\"slow_link\",severity=\"fail\"} 0.9500\n"));
  EXPECT_THAT(text, Not(HasSubstr("} 0.9123\n")));
}

TEST(Metrics, ThousandsOfSuspectsDoNotFloodATimeSeriesDatabase) {
  auto verdict = test::failing_verdict();
  verdict.findings.clear();
  for (int i = 0; i < 3000; ++i) {
    verdict.findings.push_back(test::sample_finding(core::FindingKind::slow_host, core::Severity::fail, "t",
                                                    {{"host/n" + std::to_string(i), 1}}));
  }
  const auto text = metrics_text(verdict);
  EXPECT_LT(std::ranges::count(text, '\n'), 1200);
  EXPECT_THAT(text, HasSubstr("plumbline_findings{severity=\"fail\",kind=\"slow_host\"} 3000\n"));
}

TEST(Metrics, ASettingThatIsWrongEverywhereLeavesRoomForSlowParts) {
  auto verdict = test::failing_verdict();
  std::vector<core::SuspectedPart> hosts;
  for (int i = 0; i < 27'500; ++i) {
    hosts.push_back({"host/n" + std::to_string(i), 1});
  }
  verdict.findings = {test::sample_finding(core::FindingKind::config, core::Severity::fail, "t", hosts),
                      test::sample_finding(core::FindingKind::slow_nic, core::Severity::warn, "t", {{"nic/n7/x", 1}})};
  const auto text = metrics_text(verdict);
  EXPECT_LT(std::ranges::count(text, '\n'), 250);
  EXPECT_THAT(text, HasSubstr("component=\"nic/n7/x\""));
  EXPECT_THAT(text, HasSubstr("plumbline_drain_hosts 27500\n"));
}

}  // namespace
}  // namespace plumb::reports
