// Which cases run, in which order, and in which of Google Benchmark's formats they are told. Rank 0 leads and the
// others follow it case by case, so that no choice of the library can make ranks disagree and wait for each other.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/case.h"
#include "bench/ranks.h"
#include "core/manifest.h"
#include "core/rows.h"

namespace plumb::bench {

/// Google Benchmark's own flags, as far as they make sense here: its repetitions, minimum times and random order do
/// not, the Sampler and the order of the sweep rule.
struct ScheduleOptions {
  std::string filter = "all";
  bool list = false;
  std::string format;  // on stdout instead of nccl-tests' table; empty: that table
  std::string out;     // file
  std::string out_format = "json";
  std::vector<std::string> context;  // "key=value" for the file's head
  std::string time_unit = "ns";
};

/// The cases that a filter of Google Benchmark selects by name, in their order: a POSIX extended regular expression
/// that matches anywhere; with a leading '-' those that it does not match. Throws UsageError when it is none, Error
/// (nothing measurable) when no case is left, on all ranks alike.
std::vector<Case> select_cases(const std::vector<Case>& cases, const std::string& filter);

/// Measures one case on all ranks; the row counts on rank 0 only.
using MeasureCase = std::function<core::CaseRow(const Case&)>;

/// Measures all `cases` in order and reports them as the options say. Called by all ranks.
void run_schedule(const std::vector<Case>& cases, const ScheduleOptions& options, const Ranks& ranks,
                  const MeasureCase& measure);

/// Rank 0's part. One of two files is linked: google_benchmark_schedule.cpp, or plain_schedule.cpp for SimGrid, under
/// which all ranks share the library's globals.
void lead_schedule(const std::vector<Case>& cases, const ScheduleOptions& options, const MeasureCase& measure);
/// The library behind lead_schedule, or why there is none.
core::Component schedule_component();

}  // namespace plumb::bench
