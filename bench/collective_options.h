// Command line of the collectives' programs: nccl-tests' letters, and ours.
#pragma once

#include <cstdint>
#include <string>

#include "bench/backend_table.h"
#include "bench/case.h"
#include "bench/local_ranks.h"
#include "bench/sampler.h"
#include "bench/schedule.h"
#include "bench/split.h"
#include "bench/verifier.h"

namespace plumb::bench {

struct CollectiveOptions {
  Sweep sweep;
  Sampling sampling;
  ScheduleOptions schedule;
  BackendSettings backend;
  LocalRanks local_ranks;
  Split split;
  bool check = true;
  bool channels = false;  // one more call of each case, for channel_times.csv
  std::uint64_t seed = 1;
  std::int64_t timeout_ns = 0;  // of the watchdog; 0: none
  std::string run_dir, label;
  PlantedError planted;
  bool components = false;
};

/// Throws CLI::ParseError (help too) or UsageError. Reads no global state but NCCL_TESTS_SPLIT and
/// NCCL_TESTS_SPLIT_MASK.
CollectiveOptions parse_collective_options(const Collective& collective, int argc, const char* const* argv);

}  // namespace plumb::bench
