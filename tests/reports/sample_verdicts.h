// Verdicts made by hand: one of each sort, the failing one full of names that want to break out of their file.
#pragma once

#include <string>
#include <vector>

#include "core/finding.h"

namespace plumb::test {

inline core::Finding sample_finding(core::FindingKind kind, core::Severity severity, std::string title,
                                    std::vector<core::SuspectedPart> suspects) {
  core::Finding finding;
  finding.kind = kind;
  finding.severity = severity;
  finding.title = std::move(title);
  finding.suspects = std::move(suspects);
  finding.evidence = {{"pairs.csv", 7, "<n05> to n01 | 9.1 GB/s & \"late\""}};
  finding.advice = "reseat, then swap the cable";
  return finding;
}

/// Names that aim at HTML, spreadsheets, Markdown, XML, Prometheus labels and terminals.
inline std::vector<core::Finding> hostile_findings() {
  using enum core::FindingKind;
  using enum core::Severity;
  const std::string script = "<script>alert(1)</script>";
  return {
      sample_finding(slow_host, fail, "host " + script + " is at 18 %", {{"host/" + script, 1}}),
      sample_finding(config, fail, "=cmd|'/c calc'!A1 (rows not measured: 2)", {{"host/=cmd|'/c calc'!A1", 1}}),
      sample_finding(slow_nic, fail, "nic a\"b is at 50 %", {{"nic/a\"b", 0.6}, {"nic/it's & co", 0.4}}),
      sample_finding(hung_rank, fail, "rank 3 on line\nbreak\r\n# is hung", {{"host/line\nbreak", 1}}),
      sample_finding(slow_switch, fail, "switch a|b_c*d*`e`~f~ is late", {{"switch/a|b|", 0.51}, {"switch/||", 0.49}}),
      sample_finding(miswired, warn, "-- and ]]> and --> and &amp; and <!--", {{"cable/n0--]]>", 1}}),
      sample_finding(downgraded_link, warn, "C:\\ports\\new\\", {{"cable/back\\slash\\", 1}}),
      sample_finding(errors_on_link, warn, "[click](http://evil.example) ![x](y) www.evil.example",
                     {{"cable/[a](b)", 1}}),
      sample_finding(wrong_data, warn,
                     "colour \x1b[31m, C1 \xc2\x9b"
                     "31m, bell \a, nul end",
                     {{"gpu/\x1b]0;x\a", 1}}),
      sample_finding(slow_gpu, info, "Latin-1 caf\xe9, UTF-8 café, cut \xe2\x82", {{"gpu/caf\xe9", 1}}),
      sample_finding(regression, info, "+ slower than yesterday", {}),
      sample_finding(flapping_link, info, "1. not a list", {{"cable/${IFS}$(x)", 0.00004}}),
  };
}

/// The most important one: several suspects, a slowdown, more evidence than the terminal shows.
inline core::Finding slow_link_finding() {
  auto finding = sample_finding(core::FindingKind::slow_link, core::Severity::fail,
                                "cable n05--leaf1 is at 18 % of its peers, both directions, 14 of 14 measurements",
                                {{"cable/n05--leaf1", 0.91234567}, {"nic/n05/mlx5_0", 0.05}, {"host/n05", 0.03765}});
  finding.slowdown = 0.18123456;
  finding.evidence = {{"pairs.csv", 12, "n05 to n01: 9.1 GB/s, expected 50.2 GB/s"},
                      {"job|2/pairs.csv", 13, "n01 to n05: 9.0 GB/s, expected 50.2 GB/s"},
                      {"manifest/plumb-pairs.json", {}, "partial"}};
  finding.advice += "; retest.csv has the pairs that would tell the suspects apart";
  return finding;
}

inline core::Verdict failing_verdict() {
  core::Verdict verdict;
  verdict.run = "job|1 <b>\"x\"</b>";
  verdict.start_utc = "2026-11-26T16:30:00Z";
  verdict.end_utc = "2026-11-26T17:00:05Z";
  verdict.kind = core::VerdictKind::fail;
  verdict.findings = hostile_findings();
  verdict.findings.insert(verdict.findings.begin(), slow_link_finding());
  for (std::size_t i = 0; i < verdict.findings.size(); ++i) {
    verdict.findings[i].id = "F" + std::to_string(i + 1);
  }
  verdict.summary = verdict.findings.front().title + "; and 12 more <findings>";
  verdict.coverage = {
      {"cable", 69, 64, 4096, {"cable/a|b--c", "cable/<i>d</i>--e"}, 0.934567, ""},
      {"host", 64, 64, 4032, {}, {}, "some parts have too few measurements to blame them"},
      {"nic\x1b[31m|\"\\\n", 2, 0, 0, {"nic/a\"b", "nic/c\\"}, {}, "<none> | measured"},
  };
  verdict.notes = {"partial: plumb-pairs was ended early: <signal 15> | a\nb",
                   "- 4 GPUs are on the map and were not measured", "2) of them", "--- no rule"};
  return verdict;
}

inline core::Verdict passing_verdict() {
  core::Verdict verdict;
  verdict.run = "job1";
  verdict.kind = core::VerdictKind::pass;
  verdict.summary = "all 8 hosts are within their limits";
  verdict.coverage = {{"host", 8, 8, 112, {}, 0.95, ""}};
  return verdict;
}

inline core::Verdict inconclusive_verdict() {
  core::Verdict verdict;
  verdict.run = "job2";
  verdict.kind = core::VerdictKind::inconclusive;
  verdict.summary = "2 of 8 hosts were not measured \"yet\" & nothing else is wrong";
  verdict.coverage = {{"host", 8, 6, 3, {"host/n06", "host/n07"}, {}, "too few measurements"}};
  verdict.notes = {"hosts: too few measurements"};
  return verdict;
}

}  // namespace plumb::test
