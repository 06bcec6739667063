#include "reports/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace plumb::reports {
namespace {

PairView view_of(const Evidence& evidence, Fabric& fabric) {
  PairView view;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> known;
  for (const auto& pair : evidence.pairs) {
    const auto [found, is_new] = known.emplace(std::pair(pair.src, pair.dst), view.paths.size());
    if (is_new) {
      view.paths.push_back(fabric.path(evidence.endpoints[pair.src], evidence.endpoints[pair.dst]));
    }
    view.path_of.push_back(found->second);
  }
  return view;
}

void compare(const Evidence& evidence, const Expectations& expectations, PairView& view) {
  for (std::size_t m = 0; m < evidence.pairs.size(); ++m) {
    const auto& pair = evidence.pairs[m];
    const auto& e = expectations.of(m);
    const bool latency = evidence.is_latency(pair);
    const double value = latency ? pair.p50_ns : pair.bw_Bps;
    view.ratio.push_back(value <= 0 || e.expected <= 0 ? 0 : latency ? e.expected / value : value / e.expected);
    view.expected.push_back(e.expected);
    view.classes.push_back(e.name);
  }
}

/// What cannot wait first, then slow parts from the slowest on, then the rest.
double urgency(const core::Finding& finding) {
  const bool at_once = finding.kind == core::FindingKind::wrong_data || finding.kind == core::FindingKind::hung_rank;
  return at_once ? 0 : finding.slowdown.value_or(1);
}

void put_in_order(std::vector<core::Finding>& findings) {
  std::stable_sort(findings.begin(), findings.end(), [](const core::Finding& a, const core::Finding& b) {
    return std::tuple(a.severity, urgency(a)) < std::tuple(b.severity, urgency(b));
  });
  for (std::size_t i = 0; i < findings.size(); ++i) {
    findings[i].id = fmt::format("F{}", i + 1);
  }
}

void conclude(core::Verdict& verdict, bool covered) {
  const auto count = [&](core::Severity severity) {
    return std::count_if(verdict.findings.begin(), verdict.findings.end(),
                         [&](const auto& f) { return f.severity == severity; });
  };
  const auto fails = count(core::Severity::fail);
  const auto warns = count(core::Severity::warn);
  if (fails > 0) {
    verdict.kind = core::VerdictKind::fail;
    verdict.summary = verdict.findings.front().title;
    if (fails > 1) {
      verdict.summary += fmt::format("; and {} more", fails - 1);
    }
  } else if (!covered) {
    verdict.kind = core::VerdictKind::inconclusive;
    verdict.summary = verdict.notes.empty() ? "not everything was measured" : verdict.notes.front();
  } else {
    verdict.kind = core::VerdictKind::pass;
    verdict.summary = warns == 0 ? "nothing is slow against its peers, nothing is wrong, everything known was measured"
                                 : fmt::format("nothing fails; {} warning{}", warns, warns == 1 ? "" : "s");
    if (!verdict.notes.empty()) {  // a pass says in the same breath what it is not
      verdict.summary += "; " + verdict.notes.front();
    }
  }
}

}  // namespace

Judgement judge(const Evidence& evidence, Fabric& fabric, const Limits& limits) {
  Judgement judgement;
  auto& verdict = judgement.verdict;
  verdict.run = evidence.runs.empty() ? "" : evidence.runs.front();
  judgement.pairs = view_of(evidence, fabric);
  const Expectations expectations(evidence, judgement.pairs.paths, judgement.pairs.path_of, limits);
  compare(evidence, expectations, judgement.pairs);
  judge_pairs(evidence, fabric, expectations, judgement.pairs, verdict, judgement.retest);
  judge_data(evidence, verdict.findings);
  judge_ranks(evidence, verdict.findings);
  const bool seen = judge_checks(evidence, fabric, verdict);
  const bool finished = judge_failures(evidence, verdict);
  judge_manifests(evidence, verdict);
  const bool covered = judge_coverage(evidence, fabric, expectations, judgement.pairs, verdict);
  put_in_order(verdict.findings);
  conclude(verdict, seen && finished && covered);
  return judgement;
}

}  // namespace plumb::reports
