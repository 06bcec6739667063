// From evidence to findings. Judges only; measures and prints nothing.
#pragma once

#include <vector>

#include "core/finding.h"
#include "reports/evidence.h"
#include "reports/expectation.h"
#include "reports/fabric.h"

namespace plumb::reports {

/// What judging the pairs leaves behind for the pages.
struct PairView {
  std::vector<Path> paths;
  std::vector<std::uint32_t> path_of;  // by index in evidence.pairs
  std::vector<double> ratio;           // measured over expected, likewise
  std::vector<std::string> classes;    // name of its class, likewise
  std::vector<double> expected;        // likewise; bytes a second, ns for latency
};

struct Judgement {
  core::Verdict verdict;
  PairView pairs;
  std::vector<core::RetestRow> retest;
};

/// The whole of it. `fabric` learns the parts.
Judgement judge(const Evidence& evidence, Fabric& fabric, const Limits& limits);

// One function a kind of evidence, each in its own file; they append to `findings`.

/// Slow and flapping parts from pairs.csv.
void judge_pairs(const Evidence& evidence, const Fabric& fabric, const Expectations& expectations, const PairView& view,
                 core::Verdict& verdict, std::vector<core::RetestRow>& retest);
/// Wrong data in pairs and collectives.
void judge_data(const Evidence& evidence, std::vector<core::Finding>& findings);
/// Failed rows, hung ranks, runs that did not finish; true when all finished.
[[nodiscard]] bool judge_failures(const Evidence& evidence, core::Verdict& verdict);
/// Runs of which nobody knows whether they finished: a note, no doubt about the rows that are there.
void judge_manifests(const Evidence& evidence, core::Verdict& verdict);
/// Ranks that the collectives wait for.
void judge_ranks(const Evidence& evidence, std::vector<core::Finding>& findings);
/// Checks of nodes and of the map that did not pass; those that tell why a part is slow join its finding. True when
/// nothing was left unseen.
[[nodiscard]] bool judge_checks(const Evidence& evidence, const Fabric& fabric, core::Verdict& verdict);
/// What was measured of each class of parts, and what would have been seen; true when that is enough to pass.
[[nodiscard]] bool judge_coverage(const Evidence& evidence, const Fabric& fabric, const Expectations& expectations,
                                  const PairView& view, core::Verdict& verdict);

}  // namespace plumb::reports
