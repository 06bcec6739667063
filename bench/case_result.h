// A measured case and its rows in a run directory.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/case.h"
#include "bench/method.h"
#include "bench/rank_groups.h"
#include "bench/sampler.h"
#include "bench/verifier.h"
#include "core/rows.h"

namespace plumb::bench {

/// Where the ranks of a case run.
struct Placement {
  int hosts = 0;
  std::string gpu_model;  // that all of them use; empty: none, or several
};

/// Called by all ranks of a group.
Placement placement_of(const Ranks& ranks, const std::string& host, const std::string& gpu_model);

struct CaseResult {
  Case measured;
  Placement placement;
  std::string status = "ok";  // ok, failed
  std::string reason;
  Measurement measurement;  // empty when failed
  Verification verification;
  double clock_error_ns = 0;
  Method method;
  std::vector<ChannelTime> channels;  // of this rank
};

/// The row of cases.csv; percentiles and bandwidths are of valid samples' cost. Rank 0.
core::CaseRow case_row(const CaseResult& result);
/// The rows of samples.csv. Rank 0.
std::vector<core::SampleRow> sample_rows(const CaseResult& result);
/// The rows of channel_times.csv, of all ranks, on rank 0. Called by all ranks, each with the result of its own group.
std::vector<core::ChannelTimeRow> channel_time_rows(const CaseResult& result, const RankGroups& groups);
/// The rows of rank_times.csv, on rank 0. Called by all ranks, each with the result of its own group.
std::vector<core::RankTimeRow> rank_time_rows(const CaseResult& result, const RankGroups& groups);

}  // namespace plumb::bench
