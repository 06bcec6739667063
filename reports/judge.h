// From evidence to findings. Judges only; measures and prints nothing.
#pragma once

#include <memory>
#include <vector>

#include "core/finding.h"
#include "reports/check_faults.h"
#include "reports/evidence.h"
#include "reports/expectation.h"
#include "reports/fabric.h"
#include "reports/load.h"
#include "reports/places.h"
#include "reports/retest.h"

namespace plumb::reports {

/// What judging the pairs leaves behind for the pages.
/// The same pairs over several libraries.
struct Ladder {
  std::vector<core::LadderRow> table;
  std::vector<core::Finding> findings;  // layers that lose more than overhead explains
  std::vector<bool> lost;  // by index in evidence.pairs; empty: none. Rows that fall short on such a layer: they speak
                           // of the library, not of parts
};

struct PairView {
  Paths paths;
  Expectations expectations;
  std::vector<float> ratio;  // measured over expected, by index in evidence.pairs
  Load load;                 // rows that judge_load judges, and judge_pairs does not
  Ladder ladder;

  [[nodiscard]] bool is_lost_in_layer(std::size_t pair) const { return !ladder.lost.empty() && ladder.lost[pair]; }
};

struct Judgement {
  PairView pairs;
  Places places;
  std::unique_ptr<const CheckFaults> checks;
  Limits limits;  // that look() was given
  core::Verdict verdict;
  std::vector<core::RetestRow> retest;
};

/// All but verdict and retest: what was measured, against what a healthy fabric gives, and where. `fabric` learns the
/// parts.
Judgement look(const Evidence& evidence, Fabric& fabric, const Limits& limits);
/// Verdict and retest of what look() saw; leaves the rest as it is, for others to read at the same time.
void judge(const Evidence& evidence, const Fabric& fabric, Judgement& judgement);
/// Both.
Judgement judge(const Evidence& evidence, Fabric& fabric, const Limits& limits);

/// Adds what was found later, puts all in order and concludes again.
void add_findings(std::vector<core::Finding> findings, core::Verdict& verdict);

// One function a kind of evidence, each in its own file; they append to `findings`.

struct JudgedPairs {
  RetestPlan retest;     // what would make it surer
  std::string restless;  // why the measurements are too uneven for a run to pass; empty: they are not
};
/// Slow and flapping parts from pairs.csv.
JudgedPairs judge_pairs(const Evidence& evidence, const Fabric& fabric, const PairView& view,
                        const std::vector<float>& log_evidence, core::Verdict& verdict);
/// Leaves, pods and tiers that carry too little, and cables that are plugged in elsewhere, from rows under load.
void judge_load(const Evidence& evidence, const Fabric& fabric, const Places& places, const Load& load,
                core::Verdict& verdict);
/// Parts at which measurements fail again and again; returns the rows of evidence.failed_pairs that remain, when they
/// are too many to have failed by chance.
std::vector<std::size_t> judge_failed_pairs(const Evidence& evidence, const Fabric& fabric, const PairView& view,
                                            core::Verdict& verdict);
/// Wrong data in pairs and collectives.
void judge_data(const Evidence& evidence, std::vector<core::Finding>& findings);
/// Failed rows, hung ranks, runs that did not finish; true when all finished.
[[nodiscard]] bool judge_failures(const Evidence& evidence, const std::vector<std::size_t>& failed_pairs,
                                  core::Verdict& verdict);
/// Runs of which nobody knows whether they finished: a note, no doubt about the rows that are there.
void judge_manifests(const Evidence& evidence, core::Verdict& verdict);
/// The one that slows what it touches most, which collectives may follow from; null: none does, asides do not count.
core::Finding* slowest_finding(std::vector<core::Finding>& findings);
/// Collectives that are slower than pairs and map allow; after what is slow by itself, which they may follow from.
void judge_collectives(const Evidence& evidence, const Fabric& fabric, const Places& places, core::Verdict& verdict);
/// Collectives against what `limits` say of them; after what is slow by itself, which they may follow from.
void judge_limits(const Evidence& evidence, const Limits& limits, core::Verdict& verdict);
/// Channels of NCCL that take longer than the others on most ranks.
void judge_channels(const Evidence& evidence, core::Verdict& verdict);
/// Groups that ran a collective at the same time, against each other.
void judge_groups(const Evidence& evidence, core::Verdict& verdict);
/// Ranks that the collectives wait for.
void judge_ranks(const Evidence& evidence, std::vector<core::Finding>& findings);
/// Checks of nodes and of the map that did not pass; those that tell why a part is slow join its finding. True when
/// nothing was left unseen.
[[nodiscard]] bool judge_checks(const CheckFaults& checks, core::Verdict& verdict);
[[nodiscard]] Ladder ladder_of(const Evidence& evidence, const Paths& paths);
/// What was measured of each class of parts, and what would have been seen.
struct Covered {
  std::vector<core::Coverage> classes;
  std::vector<std::string> notes;
  bool is_enough = false;  // to pass
};
[[nodiscard]] Covered judge_coverage(const Evidence& evidence, const Fabric& fabric, const PairView& view);

}  // namespace plumb::reports
