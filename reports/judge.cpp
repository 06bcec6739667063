#include "reports/judge.h"

#include <fmt/format.h>
#include <tsl/robin_map.h>

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace plumb::reports {
namespace {

bool is_of_gpu(std::string_view memory) { return !memory.empty() && memory != "host" && memory != "cpu"; }

Paths paths_of(const Evidence& evidence, Fabric& fabric) {
  Paths paths;
  std::vector<Endpoint> ends;
  std::ranges::transform(evidence.endpoints, std::back_inserter(ends),
                         [&](const std::string& id) { return fabric.endpoint(id); });
  std::vector<bool> of_gpu;  // by setting
  std::ranges::transform(evidence.settings, std::back_inserter(of_gpu),
                         [](const PairSetting& setting) { return is_of_gpu(setting.memory); });
  tsl::robin_map<std::uint64_t, std::uint32_t, topology::MixedHash> known;
  for (const auto& pair : evidence.pairs) {
    constexpr unsigned kSrcBits = 33;
    const bool from_gpus = of_gpu[pair.setting];
    const auto key = static_cast<std::uint64_t>(pair.src) << kSrcBits | static_cast<std::uint64_t>(pair.dst) << 1U |
                     (from_gpus ? 1U : 0U);
    const auto [found, is_new] = known.emplace(key, static_cast<std::uint32_t>(paths.known.size()));
    if (is_new) {
      auto path = fabric.path(ends[pair.src], ends[pair.dst], from_gpus);
      paths.touches.add(path.touches);
      path.touches = {};
      paths.known.push_back(std::move(path));
    }
    paths.of_pair.push_back(found->second);
  }
  for (const auto& failed : evidence.failed_pairs) {
    const auto path =
        fabric.path(fabric.endpoint(failed.row.src), fabric.endpoint(failed.row.dst), is_of_gpu(failed.row.memory));
    paths.of_failed.push_back(static_cast<std::uint32_t>(paths.touches.size()));
    paths.touches.add(path.touches);
  }
  paths.touches.bundles = fabric.bundles();
  return paths;
}

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

}  // namespace

void add_findings(std::vector<core::Finding> findings, core::Verdict& verdict) {
  std::ranges::move(findings, std::back_inserter(verdict.findings));
  put_in_order(verdict.findings);
  // A verdict that failed stays one, whatever was covered.
  conclude(verdict, verdict.kind != core::VerdictKind::inconclusive);
}

Judgement judge(const Evidence& evidence, Fabric& fabric, const Limits& limits) {
  Judgement judgement;
  auto& verdict = judgement.verdict;
  verdict.run = evidence.runs.empty() ? "" : evidence.runs.front();
  judgement.pairs = view_of(evidence, fabric, limits);
  const CheckFaults checks(evidence, fabric);
  judge_pairs(evidence, fabric, judgement.pairs, checks.log_evidence(fabric), verdict, judgement.retest);
  const auto failed_pairs = judge_failed_pairs(evidence, fabric, judgement.pairs, verdict);
  auto asides = std::exchange(verdict.notes, {});  // after what keeps the run from passing, which is its summary
  judge_data(evidence, verdict.findings);
  judge_ranks(evidence, verdict.findings);
  const bool seen = judge_checks(checks, verdict);
  const bool finished = judge_failures(evidence, failed_pairs, verdict);
  judge_manifests(evidence, verdict);
  const bool covered = judge_coverage(evidence, fabric, judgement.pairs, verdict);
  std::ranges::move(asides, std::back_inserter(verdict.notes));
  put_in_order(verdict.findings);
  conclude(verdict, seen && finished && covered);
  return judgement;
}

}  // namespace plumb::reports
