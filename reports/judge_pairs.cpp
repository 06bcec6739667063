#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <future>

#include "core/statistics.h"
#include "core/units.h"
#include "reports/judge.h"
#include "reports/localise.h"
#include "reports/loopbacks.h"
#include "reports/retest.h"
#include "reports/words.h"

namespace plumb::reports {
namespace {

constexpr std::size_t kQuoted = 5;    // rows quoted as evidence of one finding
constexpr double kFailBelow = 0.9;    // a milder slowdown is a warning
constexpr double kStallDepth = 0.15;  // a worst window so far below the usual one, at least, is a stall
constexpr double kStallSigmas = 6;

/// What is judged: each on its own, since eight bytes say nothing of a cable's bandwidth.
enum class Question { bandwidth, flapping, latency };

/// Worst over median window, against what is usual in its class.
double stall_ratio(std::size_t m, const Evidence& evidence, const PairView& view) {
  const auto& pair = evidence.pairs[m];
  return pair.bw_Bps > 0 && pair.min_bw_Bps > 0 ? pair.min_bw_Bps / pair.bw_Bps / view.expectations.of(m).stall : 1;
}

/// What is slow anyway is not flapping.
bool is_stalled(std::size_t m, const Evidence& evidence, const PairView& view) {
  const auto& e = view.expectations.of(m);
  const double usual = 1 - std::max(kStallDepth, kStallSigmas * e.stall_noise);
  return stall_ratio(m, evidence, view) < usual && !is_slow(view.ratio[m], e.sigma);
}

/// The measurements that a question is about, and which of evidence.pairs they are.
struct Selection {
  Incidence incidence;
  std::vector<std::uint32_t> pair;
};

Selection select(Question question, const Evidence& evidence, const PairView& view, const std::vector<float>& log_prior,
                 const std::vector<float>& log_evidence) {
  Selection selection;
  selection.incidence.touched = &view.paths.touches;
  selection.incidence.two_way = question == Question::latency;  // a ping-pong
  selection.incidence.log_prior = log_prior;
  selection.incidence.log_evidence = log_evidence;
  for (std::uint32_t m = 0; m < evidence.pairs.size(); ++m) {
    const auto& pair = evidence.pairs[m];
    const bool is_for_others = view.load.judges(m) || view.is_lost_in_layer(m);
    if (evidence.is_latency(pair) == (question == Question::latency) && !is_for_others) {
      const double ratio = question != Question::flapping ? view.ratio[m] : is_stalled(m, evidence, view) ? 0.0 : 1.0;
      selection.incidence.add(ratio, view.expectations.of(m).sigma, view.paths.of_pair(m));
      selection.pair.push_back(m);
    }
  }
  return selection;
}

/// The measurements in the answer are those of evidence.pairs.
Localisation answer(Question question, const Selection& selection) {
  auto result = question == Question::flapping ? localise_events(selection.incidence) : localise(selection.incidence);
  const auto to_pairs = [&](std::vector<std::uint64_t>& rows) {
    std::ranges::transform(rows, rows.begin(), [&](auto row) { return selection.pair[row]; });
  };
  std::ranges::for_each(result.blames, [&](Blame& blame) { to_pairs(blame.explained); });
  to_pairs(result.unexplained);
  return result;
}

core::EvidenceItem quote(const Evidence& evidence, const PairView& view, std::uint64_t m, Question question) {
  const auto& pair = evidence.pairs[m];
  const bool latency = evidence.is_latency(pair);
  const double value = latency ? pair.p50_ns : question == Question::flapping ? pair.min_bw_Bps : pair.bw_Bps;
  const auto text = [&](double v) { return latency ? core::format_ns(v) : core::format_rate(v); };
  return {evidence.file_of(pair.place), pair.place.line,
          fmt::format("{} to {}: {}{}, expected {} ({})", evidence.endpoints[pair.src], evidence.endpoints[pair.dst],
                      text(value), question == Question::flapping ? " in its worst window" : "",
                      text(view.expectations.of(m).expected), view.expectations.of(m).name)};
}

const char* subject_of(Question question) {
  return question == Question::flapping ? "stalls" : question == Question::latency ? "latency" : "bandwidth";
}

core::Finding finding_of(const Blame& blame, Question question, const Evidence& evidence, const Fabric& fabric,
                         const PairView& view) {
  core::Finding finding;
  finding.suspects = suspects_of(blame, fabric);
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
    finding.evidence.push_back(quote(evidence, view, m, question));
  }
  return finding;
}

/// More than what a healthy fabric has in passing; a few prove nothing.
bool is_restless(std::size_t lone, std::size_t bandwidths) {
  constexpr std::size_t kFew = 3;
  constexpr double kShare = 0.1;
  return lone >= kFew && static_cast<double>(lone) > kShare * static_cast<double>(bandwidths);
}

/// Slow pairs that no part explains: worth a re-test, no reason to swap anything. So many that the others prove nothing
/// either keep the run from passing.
void note_lone_pairs(const std::vector<std::uint64_t>& lone, const Evidence& evidence, const PairView& view,
                     core::Verdict& verdict, JudgedPairs& judged) {
  if (lone.empty()) {
    return;
  }
  for (const auto m : lone) {
    judged.retest.pair(evidence.pairs[m].src, evidence.pairs[m].dst);
  }
  const auto worst = *std::ranges::min_element(lone, {}, [&](auto m) { return std::pair(view.ratio[m], m); });
  const auto& pair = evidence.pairs[worst];
  const auto bandwidths = static_cast<std::size_t>(
      std::ranges::count_if(evidence.pairs, [&](const auto& one) { return !evidence.is_latency(one); }));
  const auto worst_words = fmt::format("the worst: {} to {}, {} of expected", evidence.endpoints[pair.src],
                                       evidence.endpoints[pair.dst], core::format_percent(view.ratio[worst]));
  if (is_restless(lone.size(), bandwidths)) {
    judged.restless = fmt::format(
        "{} of {} bandwidths were slow and no part explains them, too many to be disturbances: measure again when the "
        "fabric is quiet, with more rounds or --iters (retest.csv has these pairs); {}",
        lone.size(), bandwidths, worst_words);
    return;
  }
  verdict.notes.push_back(fmt::format(
      "{} of {} measurements were slow for once, which no part explains (a disturbance passes, a bad path stays: "
      "retest.csv measures {} again); {}",
      lone.size(), evidence.pairs.size(), lone.size() == 1 ? "it" : "them", worst_words));
}

/// By class: how many of its rows the ladder blames on a library.
std::vector<std::uint64_t> lost_by_class(const PairView& view) {
  std::vector<std::uint64_t> lost(view.expectations.classes().size());
  for (std::size_t m = 0; m < view.ladder.lost.size(); ++m) {
    lost[view.expectations.class_of(m)] += view.is_lost_in_layer(m) ? 1 : 0;
  }
  return lost;
}

/// A library that is slow makes no slow fabric.
void judge_floors(const PairView& view, core::Verdict& verdict) {
  const auto lost = lost_by_class(view);
  for (std::size_t number = 0; number < lost.size(); ++number) {
    const auto& e = view.expectations.classes()[number];
    const double floor = e.floor.value_or(0);
    if (e.below_floor() && 2 * lost[number] < e.measurements) {
      core::Finding finding;
      finding.kind = core::FindingKind::config;
      finding.slowdown = e.expected / floor;
      finding.title = fmt::format("the whole fabric is slow: {} is the norm, the line rate asks for {} ({})",
                                  core::format_rate(e.expected), core::format_rate(floor), e.name);
      finding.evidence.push_back({"pairs.csv", {}, fmt::format("median of {} measurements", e.measurements)});
      finding.advice = "look for what all hosts share: MTU, transport, flow control, a driver, the plan's line rate";
      verdict.findings.push_back(std::move(finding));
    }
  }
}

}  // namespace

JudgedPairs judge_pairs(const Evidence& evidence, const Fabric& fabric, const PairView& view,
                        const std::vector<float>& log_evidence, core::Verdict& verdict) {
  auto planned = std::async(std::launch::async, [&] { return RetestPlan(evidence.endpoints); });  // beside the others
  judge_floors(view, verdict);
  const auto log_prior = log_priors(fabric);
  const Loopbacks loopbacks(evidence, view);
  const auto ask = [&](Question question) {
    return answer(question, select(question, evidence, view, log_prior, log_evidence));
  };
  auto flapping = std::async(std::launch::async, ask, Question::flapping);  // beside the others
  auto bandwidth = std::async(std::launch::deferred, ask, Question::bandwidth);
  auto latency = std::async(std::launch::deferred, ask, Question::latency);
  JudgedPairs judged{planned.get(), {}};
  auto& plan = judged.retest;
  for (auto [question, asked] : {std::pair(Question::bandwidth, &bandwidth), std::pair(Question::flapping, &flapping),
                                 std::pair(Question::latency, &latency)}) {
    auto result = asked->get();
    for (auto& blame : result.blames) {
      if (question == Question::flapping) {
        std::vector<double> stalls;
        for (const auto m : blame.explained) {
          stalls.push_back(stall_ratio(m, evidence, view));
        }
        blame.factor = core::median(stalls);
      }
      auto finding = finding_of(blame, question, evidence, fabric, view);
      if (question == Question::bandwidth) {
        loopbacks.add_to(finding, blame.explained);
      }
      verdict.findings.push_back(std::move(finding));
      for (const auto m : blame.explained) {
        plan.suspect(evidence.pairs[m].src, evidence.pairs[m].dst);
      }
      for (const auto& suspect : blame.suspects) {
        plan.host(fabric.parts()[suspect.part].host);
      }
    }
    if (question == Question::bandwidth) {
      note_lone_pairs(result.unexplained, evidence, view, verdict, judged);
    }
  }
  return judged;
}

}  // namespace plumb::reports
