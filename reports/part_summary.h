// What one run says of each part in a few numbers, for the history. The only door from evidence to history: nothing
// else there knows pairs, paths or classes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "reports/judge.h"

namespace plumb::reports {

/// An end of pairs.csv, or a GPU of gpus.csv.
struct MeasuredPart {
  std::string component;
  std::string kind;               // parts that compare: "nic ConnectX-7"
  std::string host, leaf;         // "host/n05", "switch/leaf1"; empty when not known
  std::vector<std::string> also;  // parts that the same measurements go through: its NIC, its cable
  std::string versions;           // of what is its own, a line each, in order: "driver\t24.10\n"
};

/// The answer to one question on one part.
struct PartSummary {
  std::uint32_t part = 0;      // of RunSummary::parts
  std::uint32_t question = 0;  // of RunSummary::questions
  double ratio = 0;            // median of measured over expected of its class tonight
  double rate = 0;             // median, as measured: bytes a second, or the GPU test's unit
  double level = 0;            // against a rate of its class that stays the same from run to run: see Anchors
  std::uint32_t measurements = 0;
};

struct RunSummary {
  std::string name;                          // of the first run directory
  std::string start_utc;                     // the earliest that a manifest tells: "2026-11-23T18:26:00Z"
  std::map<std::string, std::string> facts;  // what holds for all parts: versions of components, NCCL_* and the like
  std::vector<std::string> questions;        // "bandwidth out", "bandwidth in", "worst window", "gpu gemm"
  std::vector<MeasuredPart> parts;
  std::vector<PartSummary> values;  // by question, then by part
};

/// By class of measurements: the rate that `level` counts from. Once chosen it never changes, so that levels of
/// different runs compare however the mix of partners changes.
using Anchors = std::map<std::string, double>;

/// Adds to `anchors` what it does not have yet. Throws Error when neither a manifest nor the name tells the start.
RunSummary summarise_run(const Evidence& evidence, const Fabric& fabric, const Judgement& judgement, Anchors& anchors);

}  // namespace plumb::reports
