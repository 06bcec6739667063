#include "reports/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <iterator>
#include <memory>
#include <tuple>
#include <utility>

namespace plumb::reports {
namespace {

PairView view_of(const Evidence& evidence, Fabric& fabric, const Limits& limits) {
  PairView view;
  view.paths = paths_of(evidence, fabric);
  view.expectations = Expectations(evidence, view.paths, limits);
  view.ratio.reserve(evidence.pairs.size());
  for (std::size_t m = 0; m < evidence.pairs.size(); ++m) {
    const auto& pair = evidence.pairs[m];
    const auto expected = view.expectations.of(m).expected;
    const bool latency = evidence.is_latency(pair);
    const double value = latency ? pair.p50_ns : pair.bw_Bps;
    const double ratio = value <= 0 || expected <= 0 ? 0 : latency ? expected / value : value / expected;
    view.ratio.push_back(static_cast<float>(ratio));
  }
  view.ladder = ladder_of(evidence, view.paths);
  view.load = load_of(evidence, fabric, view.paths, view.expectations, view.ratio);
  return view;
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

void tell_times(const Evidence& evidence, core::Verdict& verdict) {
  for (const auto& m : evidence.manifests) {
    verdict.end_utc = std::max(verdict.end_utc, m.end_utc.empty() ? m.start_utc : m.end_utc);
    if (!m.start_utc.empty() && (verdict.start_utc.empty() || m.start_utc < verdict.start_utc)) {
      verdict.start_utc = m.start_utc;
    }
  }
}

}  // namespace

void add_findings(std::vector<core::Finding> findings, core::Verdict& verdict) {
  std::ranges::move(findings, std::back_inserter(verdict.findings));
  put_in_order(verdict.findings);
  // A verdict that failed stays one, whatever was covered.
  conclude(verdict, verdict.kind != core::VerdictKind::inconclusive);
}

Judgement look(const Evidence& evidence, Fabric& fabric, const Limits& limits) {
  Judgement judgement;
  const auto& graph = fabric.graph();  // all beside what takes longest, paths and parts
  auto checks_made =
      std::async(std::launch::async, [&] { return std::make_unique<const CheckFaults>(evidence, graph, limits); });
  auto placed = std::async(std::launch::async, [&] { return places_of(evidence, graph); });
  judgement.pairs = view_of(evidence, fabric, limits);
  judgement.places = placed.get();
  judgement.checks = checks_made.get();
  judgement.limits = limits;
  return judgement;
}

void judge(const Evidence& evidence, const Fabric& fabric, Judgement& judgement) {
  auto& verdict = judgement.verdict;
  verdict.run = evidence.runs.empty() ? "" : evidence.runs.front();
  tell_times(evidence, verdict);
  auto coverage = std::async(std::launch::async, [&] { return judge_coverage(evidence, fabric, judgement.pairs); });
  const auto& checks = *judgement.checks;
  const auto pairs = judge_pairs(evidence, fabric, judgement.pairs, checks.log_evidence(fabric), verdict);
  auto retest = std::async(std::launch::async, [&] { return pairs.retest.rounds(); });
  judge_load(evidence, fabric, judgement.places, judgement.pairs.load, verdict);
  const auto failed_pairs = judge_failed_pairs(evidence, fabric, judgement.pairs, verdict);
  auto asides = std::exchange(verdict.notes, {});  // after what keeps the run from passing, which is its summary
  if (!pairs.restless.empty()) {
    verdict.notes.push_back(pairs.restless);
  }
  judge_data(evidence, verdict.findings);
  judge_ranks(evidence, verdict.findings);
  judge_collectives(evidence, fabric, judgement.places, verdict);
  judge_limits(evidence, judgement.limits, verdict);
  judge_channels(evidence, verdict);
  judge_groups(evidence, verdict);
  const bool seen = judge_checks(checks, verdict);
  verdict.ladder = judgement.pairs.ladder.table;
  std::ranges::copy(judgement.pairs.ladder.findings, std::back_inserter(verdict.findings));
  const bool finished = judge_failures(evidence, failed_pairs, verdict);
  judge_manifests(evidence, verdict);
  auto covered = coverage.get();
  verdict.coverage = std::move(covered.classes);
  std::ranges::move(covered.notes, std::back_inserter(verdict.notes));
  std::ranges::move(asides, std::back_inserter(verdict.notes));
  put_in_order(verdict.findings);
  conclude(verdict, seen && finished && covered.is_enough && pairs.restless.empty());
  judgement.retest = retest.get();
}

Judgement judge(const Evidence& evidence, Fabric& fabric, const Limits& limits) {
  auto judgement = look(evidence, fabric, limits);
  judge(evidence, fabric, judgement);
  return judgement;
}

}  // namespace plumb::reports
