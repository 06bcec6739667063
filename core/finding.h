// What a report says of a fabric: findings.json. Pages only arrange these.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/json_file.h"

namespace plumb::core {

enum class Severity { fail, warn, info };
enum class FindingKind {
  slow_link,
  slow_nic,
  slow_gpu,
  slow_host,
  slow_switch,
  flapping_link,
  errors_on_link,
  downgraded_link,
  miswired,
  wrong_data,
  config,
  hung_rank,
  regression,
  slow_under_load
};
enum class VerdictKind { pass, fail, inconclusive };

std::string_view name_of(Severity severity);
std::string_view name_of(FindingKind kind);  // as in findings.json: "slow_link"
std::string_view name_of(VerdictKind verdict);

/// Suspects below this posterior are told with their finding, and count for nothing else: marks, metrics, hosts to
/// drain.
inline constexpr double kSuspectFrom = 0.1;

/// A part, by its id in nodes.csv or links.csv (a missing cable: by its planned id), and how probable it is that it is
/// the cause.
struct SuspectedPart {
  std::string component;
  double posterior = 1;
};

struct EvidenceItem {
  std::string file;                  // in the run directory; with its run's name in front when there are several
  std::optional<std::uint64_t> row;  // line in the file, header line 1
  std::string says;
};

struct Finding {
  std::string id;  // "F1", in order of importance
  Severity severity = Severity::fail;
  FindingKind kind = FindingKind::config;
  std::string title;  // one line for people
  std::vector<SuspectedPart> suspects;
  std::optional<double> slowdown;  // measured over expected: 0.5 is half speed
  std::vector<EvidenceItem> evidence;
  std::string advice;
};

/// What was measured of a class of parts, and what would have been seen.
struct Coverage {
  std::string part_class;  // host, nic, cable, switch, …
  std::uint64_t parts = 0, measured = 0, measurements = 0;
  std::vector<std::string> not_measured;       // some of them
  std::optional<double> smallest_slowdown_99;  // seen with 99 % probability in every measured part; measured/expected
  std::string note;
};

/// The same pairs and size over several libraries, from the fabric upwards.
struct LadderRow {
  std::string mode;        // as in pairs.csv
  std::int64_t bytes = 0;  // of a message
  std::string schedule;
  std::uint64_t pairs = 0;  // directions that all layers have
  struct Step {
    std::string layer;  // "ucx", "nccl", "verbs on GPUs"
    double value = 0;   // median, bytes a second; ns for latency
  };
  std::vector<Step> steps;
};

struct Verdict {
  std::string run;
  std::string start_utc, end_utc;  // of all that was measured, "2026-11-23T18:26:00Z"; empty: no manifest tells
  VerdictKind kind = VerdictKind::inconclusive;
  std::string summary;  // one sentence
  std::vector<Finding> findings;
  std::vector<Coverage> coverage;
  std::vector<LadderRow> ladder;   // empty: one library, or no pairs that several have
  std::vector<std::string> notes;  // what was not tested or not judged, and why
};

Json to_json(const Finding& finding);
Json to_json(const Coverage& coverage);
Json to_json(const LadderRow& row);
/// The document of findings.json.
Json to_json(const Verdict& verdict);

}  // namespace plumb::core
