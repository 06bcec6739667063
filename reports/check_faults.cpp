#include "reports/check_faults.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "reports/check_words.h"

namespace plumb::reports {
namespace {

using core::FindingKind;

/// How much likelier a part is the cause of slow measurements when a check fails or warns of it; when its counters are
/// out of line with its peers', which those of one healthy port in many thousands are; when they are by little. What
/// stands beside the part in question, and its host, gain less.
constexpr double kOddsOfFailure = 200, kOddsOfWarning = 20, kOddsOfCounters = 1000, kOddsOfHint = 10;
constexpr double kOddsBeside = 10, kOddsOfHost = 2;

double odds_of(const core::CheckRow& row, FindingKind kind, bool is_derived) {
  return row.status == "hint"                                ? kOddsOfHint
         : is_derived && kind == FindingKind::errors_on_link ? kOddsOfCounters
         : row.status == "fail"                              ? kOddsOfFailure
                                                             : kOddsOfWarning;
}

/// plumb-node has facts of each host that it looks at.
std::size_t hosts_that_told(const Evidence& evidence) {
  std::vector<bool> has_told(evidence.words.size());
  for (const auto& fact : evidence.facts) {
    has_told[fact.host] = true;
  }
  return static_cast<std::size_t>(std::ranges::count(has_told, true));
}

bool tells_of_slowness(FindingKind kind) {
  return kind == FindingKind::downgraded_link || kind == FindingKind::errors_on_link || kind == FindingKind::slow_gpu;
}

}  // namespace

CheckFaults::CheckFaults(const Evidence& evidence, const topology::Graph& graph, const Limits& limits)
    : hosts_(hosts_that_told(evidence)) {
  for (const auto& placed : evidence.checks) {
    if (placed.row.is_fault() || placed.row.status == "absent") {
      sources_.push_back({placed.row, evidence.file_of(placed.place), placed.place.line});
    }
  }
  hold_ports_against_plan(graph, hosts_, sources_);
  const auto written = sources_.size();
  derive_from_counters(evidence, graph, sources_);
  derive_from_gpu_state(evidence, graph, sources_);
  derive_from_gpu_tests(evidence, graph, limits, sources_);
  derive_from_links(graph, sources_);
  derive_from_facts(evidence, sources_);
  CheckSubjects subjects(graph);
  std::set<std::pair<std::vector<std::string>, FindingKind>> told;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const auto& row = sources_[i].row;
    if (row.status == "absent") {
      absent_.push_back(&row);
      continue;
    }
    const auto kind = kind_of_check(row.check);
    Fault fault{&sources_[i], kind, subjects.of(row.subject), odds_of(row, kind, i >= written)};
    if (i < written) {
      told.emplace(fault.subject.components, fault.kind);
    }
    // One cause told once; but of settings a part may have several that are wrong.
    if (i < written || kind == FindingKind::config || !told.contains({fault.subject.components, fault.kind})) {
      faults_.push_back(std::move(fault));
    }
  }
}

std::vector<float> CheckFaults::log_evidence(const Fabric& fabric) const {
  std::vector<float> log_odds(fabric.parts().size());
  for (const auto& fault : faults_) {
    bool is_first = true;
    for (const auto& id : tells_of_slowness(fault.kind) ? fault.subject.parts : std::vector<std::string>()) {
      const auto part = fabric.find_part(id);
      const bool is_host = part && fabric.parts()[*part].kind == "host";
      const double odds = std::min(fault.odds, is_first ? fault.odds : is_host ? kOddsOfHost : kOddsBeside);
      if (part) {
        log_odds[*part] = std::max(log_odds[*part], static_cast<float>(std::log(odds)));
        is_first = false;
      }
    }
  }
  return log_odds;
}

}  // namespace plumb::reports
