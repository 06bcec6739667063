// Command line of plumb-pairs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/backend_table.h"
#include "bench/local_ranks.h"
#include "bench/pair_meter.h"

namespace plumb::bench {

struct PairOptions {
  std::string schedule = "round-robin";
  BackendSettings backend;
  LocalRanks local_ranks;
  std::vector<std::int64_t> sizes;                // bytes a message, ascending
  std::vector<std::int64_t> latency_sizes = {8};  // bytes of a ping-pong's message
  PairSampling sampling;
  bool bidirectional = false;
  bool allow_shared = false;
  std::int64_t timeout_ns = 0;  // of the watchdog; 0: none
  std::string run_dir, label = "pairs";
  std::string topology;  // where the map comes from; empty: the run directory, if it has one
  bool plan = false;     // print what would be measured, and stop
  double assumed_noise_percent = 2;
  bool components = false;
};

/// Throws CLI::ParseError (help too) or UsageError. Reads no global state.
PairOptions parse_pair_options(int argc, const char* const* argv);

}  // namespace plumb::bench
