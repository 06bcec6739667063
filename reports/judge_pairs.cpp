#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/units.h"
#include "reports/judge.h"
#include "reports/localise.h"
#include "reports/retest.h"
#include "reports/words.h"

namespace plumb::reports {
namespace {

constexpr std::size_t kQuoted = 5;       // rows quoted as evidence of one finding
constexpr std::size_t kPairsNamed = 20;  // slow pairs that no part explains
constexpr float kFlapHits = 0.5;         // a flapping part stalls some of its measurements
constexpr double kStallNoise = 0.25;     // of worst over median window
constexpr double kFailBelow = 0.9;       // a milder slowdown is a warning

/// What is judged: each on its own, since eight bytes say nothing of a cable's bandwidth.
enum class Question { bandwidth, flapping, latency };

float log_prior(const Part& part) {  // cables fail most, then NICs, then what is behind them (PEERS: field reports)
  return part.kind == "cable" ? 0.0F : part.kind == "nic" ? -0.5F : part.kind == "switch" ? -1.5F : -1.0F;
}

bool concerns(Question question, const PairMeasurement& m, const Evidence& evidence) {
  return evidence.is_latency(m) == (question == Question::latency);
}

/// Worst windows instead of medians when the question is flapping; what is slow anyway is not flapping.
double ratio_for(Question question, std::size_t m, const Evidence& evidence, const Expectations& expectations,
                 const PairView& view) {
  const auto& pair = evidence.pairs[m];
  if (question != Question::flapping) {
    return view.ratio[m];
  }
  const bool slow = is_slow(view.ratio[m], expectations.of(m).sigma);
  return slow || pair.bw_Bps <= 0 ? 1 : pair.min_bw_Bps / pair.bw_Bps / expectations.of(m).stall;
}

/// The measurements that a question is about, and which of evidence.pairs they are.
struct Selection {
  Incidence incidence;
  std::vector<std::uint64_t> pair;
};

Selection select(Question question, const Evidence& evidence, const Fabric& fabric, const Expectations& expectations,
                 const PairView& view) {
  Selection selection;
  for (const auto& part : fabric.parts()) {
    selection.incidence.log_prior.push_back(log_prior(part));
  }
  std::vector<Touch> touches;
  for (std::size_t m = 0; m < evidence.pairs.size(); ++m) {
    if (!concerns(question, evidence.pairs[m], evidence)) {
      continue;
    }
    touches = view.paths[view.path_of[m]].touches;
    for (auto& touch : touches) {
      if (evidence.settings[evidence.pairs[m].setting].mode != "uni") {
        touch.direction = Direction::both;  // a ping-pong and two-way traffic use both directions
      }
      touch.weight *= question == Question::flapping ? kFlapHits : 1;
    }
    const double sigma = question == Question::flapping ? kStallNoise : expectations.of(m).sigma;
    selection.incidence.add(ratio_for(question, m, evidence, expectations, view), sigma, touches);
    selection.pair.push_back(m);
  }
  return selection;
}

core::EvidenceItem quote(const Evidence& evidence, const Expectations& expectations, const PairView& view,
                         std::uint64_t m, Question question) {
  const auto& pair = evidence.pairs[m];
  const bool latency = evidence.is_latency(pair);
  const double value = latency ? pair.p50_ns : question == Question::flapping ? pair.min_bw_Bps : pair.bw_Bps;
  const auto text = [&](double v) { return latency ? core::format_ns(v) : core::format_rate(v); };
  return {evidence.file_of(pair.place), pair.place.line,
          fmt::format("{} to {}: {}{}, expected {} ({})", evidence.endpoints[pair.src], evidence.endpoints[pair.dst],
                      text(value), question == Question::flapping ? " in its worst window" : "",
                      text(expectations.of(m).expected), view.classes[m])};
}

const char* subject_of(Question question) {
  return question == Question::flapping ? "stalls" : question == Question::latency ? "latency" : "bandwidth";
}

core::Finding finding_of(const Blame& blame, Question question, const Evidence& evidence, const Fabric& fabric,
                         const Expectations& expectations, const PairView& view) {
  core::Finding finding;
  for (const auto& suspect : blame.suspects) {
    finding.suspects.push_back({fabric.parts()[suspect.part].id, suspect.posterior});
  }
  const auto& top = fabric.parts()[blame.suspects.front().part];
  const bool flaps = question == Question::flapping;
  finding.kind = flaps ? core::FindingKind::flapping_link : slow_kind(top.kind);
  const bool fails = flaps || (question == Question::bandwidth && blame.factor < kFailBelow);
  finding.severity = fails ? core::Severity::fail : core::Severity::warn;
  finding.slowdown = blame.factor;
  finding.title = title_of(blame, fabric, subject_of(question));
  finding.advice = advice_for(finding.kind, blame, fabric);
  auto worst = blame.explained;
  std::sort(worst.begin(), worst.end(),
            [&](auto a, auto b) { return std::pair(view.ratio[a], a) < std::pair(view.ratio[b], b); });
  worst.resize(std::min(worst.size(), kQuoted));
  for (const auto m : worst) {
    finding.evidence.push_back(quote(evidence, expectations, view, m, question));
  }
  return finding;
}

/// Slow pairs that no part explains: worth a re-test, no reason to swap anything.
void add_lone_pairs(const std::vector<std::uint64_t>& lone, const Evidence& evidence, const Expectations& expectations,
                    const PairView& view, core::Verdict& verdict, RetestPlan& plan) {
  std::set<std::pair<std::uint32_t, std::uint32_t>> named;
  for (const auto m : lone) {
    const auto& pair = evidence.pairs[m];
    if (!named.insert({pair.src, pair.dst}).second) {
      continue;
    }
    plan.pair(pair.src, pair.dst);
    if (named.size() > kPairsNamed) {
      continue;
    }
    core::Finding finding;
    finding.severity = core::Severity::info;
    finding.kind = core::FindingKind::slow_link;
    finding.slowdown = view.ratio[m];
    finding.title = fmt::format("{} to {}: {} of expected, which no part explains", evidence.endpoints[pair.src],
                                evidence.endpoints[pair.dst], core::format_percent(view.ratio[m]));
    finding.evidence.push_back(quote(evidence, expectations, view, m, Question::bandwidth));
    finding.advice = "measure it again (retest.csv); a disturbance passes, a bad path stays";
    verdict.findings.push_back(std::move(finding));
  }
}

void judge_floors(const Expectations& expectations, core::Verdict& verdict) {
  for (const auto& e : expectations.classes()) {
    if (e.below_floor()) {
      core::Finding finding;
      finding.kind = core::FindingKind::config;
      finding.slowdown = e.expected / *e.floor;
      finding.title = fmt::format("the whole fabric is slow: {} is the norm, the line rate asks for {} ({})",
                                  core::format_rate(e.expected), core::format_rate(*e.floor), e.name);
      finding.evidence.push_back({"pairs.csv", {}, fmt::format("median of {} measurements", e.measurements)});
      finding.advice = "look for what all hosts share: MTU, transport, flow control, a driver, the plan's line rate";
      verdict.findings.push_back(std::move(finding));
    }
  }
}

}  // namespace

void judge_pairs(const Evidence& evidence, const Fabric& fabric, const Expectations& expectations, const PairView& view,
                 core::Verdict& verdict, std::vector<core::RetestRow>& retest) {
  RetestPlan plan(evidence.endpoints);
  judge_floors(expectations, verdict);
  for (const auto question : {Question::bandwidth, Question::flapping, Question::latency}) {
    const auto selection = select(question, evidence, fabric, expectations, view);
    auto result = localise(selection.incidence);
    const auto to_pairs = [&](std::vector<std::uint64_t>& rows) {
      std::transform(rows.begin(), rows.end(), rows.begin(), [&](auto row) { return selection.pair[row]; });
    };
    for (auto& blame : result.blames) {
      to_pairs(blame.explained);
      verdict.findings.push_back(finding_of(blame, question, evidence, fabric, expectations, view));
      for (const auto m : blame.explained) {
        plan.suspect(evidence.pairs[m].src, evidence.pairs[m].dst);
      }
      for (const auto& suspect : blame.suspects) {
        plan.host(fabric.parts()[suspect.part].host);
      }
    }
    if (question == Question::bandwidth) {
      to_pairs(result.unexplained);
      add_lone_pairs(result.unexplained, evidence, expectations, view, verdict, plan);
    }
  }
  retest = plan.rounds();
}

}  // namespace plumb::reports
