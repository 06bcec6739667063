// What counters, GPU tests and the map tell of parts by themselves, as rows like those of checks.csv.
#pragma once

#include <vector>

#include "reports/evidence.h"
#include "topology/graph.h"

namespace plumb::reports {

/// A row of a check, and where it is from.
struct CheckSource {
  core::CheckRow row;
  std::string file;
  std::optional<std::uint64_t> line;
};

/// Ports whose counters rose far more than those of their peers between the two readings: check "errors". Any count
/// would not do: healthy ports have some.
void derive_from_counters(const Evidence& evidence, const topology::Graph& graph, std::vector<CheckSource>& rows);

/// Which way a GPU test is better, as its unit tells.
enum class Better : std::uint8_t { more, less, unknown };
Better better_of(std::string_view unit);

/// GPUs whose tests are clearly below those of their model ("gpu_slower_TEST"), or failed ("gpu_failed_TEST").
void derive_from_gpu_tests(const Evidence& evidence, const topology::Graph& graph, std::vector<CheckSource>& rows);

/// Links of the map that are narrower or slower than they could be, or than their peers.
void derive_from_links(const topology::Graph& graph, std::vector<CheckSource>& rows);

}  // namespace plumb::reports
