#include "reports/history.h"

#include <fmt/format.h>

#include "reports/history_findings.h"
#include "reports/page_history.h"

namespace plumb::reports {
namespace {

Serials serials_of(const core::Verdict& verdict, const topology::Graph& graph) {
  Serials serials;
  for (const auto& finding : verdict.findings) {
    for (const auto& suspect : finding.suspects) {
      const auto node = graph.find(suspect.component);
      if (node && !graph.row(*node).serial.empty()) {
        serials.emplace(suspect.component, graph.row(*node).serial);
      }
    }
  }
  return serials;
}

}  // namespace

struct RememberedRun::State {
  HistoryStore store;
  const topology::Graph& graph;
  Anchors anchors;
  RunSummary run;
  core::Json compared;
};

RememberedRun::RememberedRun(const std::filesystem::path& history, const Evidence& evidence, const Fabric& fabric,
                             Judgement& judgement)
    : state_(new State{{history, HistoryStore::Mode::add}, fabric.graph(), {}, {}, {}}) {
  auto& [store, graph, anchors, run, compared] = *state_;
  auto& verdict = judgement.verdict;
  anchors = store.anchors();
  run = summarise_run(evidence, fabric, judgement, anchors);
  auto past = read_past(store, run);
  auto judged = judge_past(std::move(past.runs));
  past.runs = std::move(judged.past);
  const HistoryContext context{run, past, history.filename().string()};
  const auto explained = take_explained(judged.common, judged.parts, context, verdict);
  auto findings = common_findings(judged.common, explained, context);
  tell_usual(context, verdict);
  std::ranges::move(part_findings(judged.parts, context, verdict), std::back_inserter(findings));
  add_findings(std::move(findings), verdict);
  compared = page_compared(judged.common, judged.parts, context);
  tell_repeats(store, context, serials_of(verdict, graph), verdict);
  if (past.records.size() < kLeastPast + 1) {
    verdict.notes.push_back(
        fmt::format("{} has {} earlier runs of these parts: too few to tell what got slower ({} for "
                    "a shift of all, {} for a part)",
                    context.file, past.records.size(), kLeastPast, kLeastPast + 1));
  }
}

RememberedRun::~RememberedRun() = default;

void RememberedRun::add(const core::Verdict& verdict) {
  state_->store.add(state_->run, state_->anchors, verdict, serials_of(verdict, state_->graph));
}

core::Json RememberedRun::page(const core::Verdict& verdict) const {
  auto page = state_->compared;
  page.update(page_lives(state_->store, state_->run, verdict, serials_of(verdict, state_->graph)));
  return page;
}

}  // namespace plumb::reports
