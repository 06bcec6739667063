// Who must not take tenants, and what a shell would be given.
#include "reports/drain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/outputs.h"
#include "tests/reports/sample_verdicts.h"

namespace plumb::reports {
namespace {

using core::FindingKind;
using core::Severity;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

core::Verdict verdict_of(std::vector<core::SuspectedPart> suspects, Severity severity = Severity::fail) {
  core::Verdict verdict;
  verdict.run = "rack17";
  verdict.kind = core::VerdictKind::fail;
  verdict.findings = {test::sample_finding(FindingKind::slow_link, severity, "a title", std::move(suspects))};
  verdict.findings.front().id = "F1";
  return verdict;
}

std::vector<std::string> names(const core::Verdict& verdict) {
  std::vector<std::string> hosts;
  for (const auto& one : hosts_to_drain(verdict)) {
    hosts.push_back(one.host);
  }
  return hosts;
}

TEST(Drain, TheHostOfAnyOfItsParts) {
  for (const std::string part :
       {"host/n05", "nic/n05/mlx5_0", "gpu/n05/3", "rank/n05/2", "nic/n05/mlx5_0:1--switch/leaf-1:5",
        "host/n05:1--switch/leaf-1:5", "host/n05--switch/leaf-1"}) {
    EXPECT_THAT(names(verdict_of({{part, 1}})), ElementsAre("n05")) << part;
  }
}

TEST(Drain, OfThousandsOfHostsATicketHasSomeAndTheFileAll) {
  std::vector<core::SuspectedPart> hosts;
  for (int i = 0; i < 600; ++i) {
    hosts.push_back({"host/n" + std::to_string(i), 1});
  }
  const auto verdict = verdict_of(hosts);
  EXPECT_THAT(markdown_text(verdict),
              testing::AllOf(HasSubstr("nodename=n499 "), HasSubstr(" and 100 more: drain.txt has all"),
                             Not(HasSubstr("nodename=n500 "))));
  EXPECT_THAT(drain_text(verdict), HasSubstr("n599"));
}

TEST(Drain, DashesInNamesAreNoLink) {
  const auto drained = hosts_to_drain(verdict_of({{"nic/rack--1/mlx5_0:1--switch/leaf1:4", 1}}));
  ASSERT_EQ(drained.size(), 1U);
  EXPECT_EQ(drained[0].host, "rack--1");
}

TEST(Drain, SwitchesAndTheirCablesDrainNobody) {
  EXPECT_TRUE(names(verdict_of({{"switch/leaf-1", 1}})).empty());
  EXPECT_TRUE(names(verdict_of({{"switch/leaf-1:33--switch/spine-2:4", 1}})).empty());
  EXPECT_TRUE(names(verdict_of({{"switch/leaf-1", 0.8}, {"host/n05", 0.2}})).empty()) << "most likely the switch";
}

TEST(Drain, WhatIsNotToldApartIsDrainedWhatIsUnlikelyIsNot) {
  EXPECT_THAT(names(verdict_of({{"nic/n10/0", 0.5}, {"nic/n9/0", 0.45}, {"host/n1", 0.05}})), ElementsAre("n9", "n10"));
}

TEST(Drain, OnlyFailuresDrain) {
  EXPECT_TRUE(names(verdict_of({{"host/n05", 1}}, Severity::warn)).empty());
  EXPECT_TRUE(names(verdict_of({}, Severity::fail)).empty());
}

TEST(Drain, AHostOfSeveralFindingsStandsOnceWithAll) {
  auto verdict = verdict_of({{"host/n05", 1}});
  verdict.findings.push_back(verdict.findings.front());
  verdict.findings.back().id = "F2";
  ASSERT_EQ(hosts_to_drain(verdict).size(), 1);
  EXPECT_THAT(hosts_to_drain(verdict).front().findings, ElementsAre("F1", "F2"));
  EXPECT_THAT(drain_text(verdict), HasSubstr("1 host. "));
}

TEST(Drain, TheFileHasAHostALine) {
  EXPECT_THAT(drain_text(verdict_of({{"host/n05", 1}})), testing::EndsWith("\nn05\n"));
  const auto none = drain_text(test::passing_verdict());
  EXPECT_THAT(none, HasSubstr("0 hosts"));
  EXPECT_THAT(none, Not(testing::ContainsRegex("\n[^#]"))) << "comments alone";
}

TEST(Drain, TheCommandIsWhatSlurmTakes) {
  EXPECT_EQ(drain_command(hosts_to_drain(verdict_of({{"host/n05", 1}})).front(), "rack17"),
            "scontrol update nodename=n05 state=drain reason='plumbline F1 slow_link rack17'");
}

TEST(Drain, HostileNamesReachNoShell) {
  for (const std::string name : {"n1;reboot", "$(x)", "`x`", "-n1", "n[1-9]", "n1 n2", "n1\nn2", "ALL'", ""}) {
    const DrainedHost drained{name, {"F1"}, FindingKind::slow_host};
    EXPECT_EQ(drain_command(drained, "r"), "") << name;
  }
  const auto command = drain_command({"n1", {"F1"}, FindingKind::slow_host}, "a'; reboot #");
  EXPECT_EQ(command, "scontrol update nodename=n1 state=drain reason='plumbline F1 slow_host a___reboot__'");
  const auto text = drain_text(test::failing_verdict());
  EXPECT_THAT(text, HasSubstr("\n# no host name: <script>"));
  EXPECT_THAT(text, Not(testing::ContainsRegex("\n[^#]"))) << "no line that a script would take for a host";
}

TEST(Drain, TerminalAndMarkdownPrintIt) {
  const auto verdict = verdict_of({{"host/n05", 1}});
  for (const auto& text : {terminal_text(verdict, false), markdown_text(verdict)}) {
    EXPECT_THAT(text, HasSubstr("scontrol update nodename=n05 state=drain"));
  }
  EXPECT_THAT(terminal_text(test::passing_verdict(), false), Not(HasSubstr("scontrol")));
}

}  // namespace
}  // namespace plumb::reports
