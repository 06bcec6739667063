// What counters, GPU tests and the map tell of parts by themselves, as rows like those of checks.csv.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "reports/evidence.h"
#include "reports/limits.h"
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

/// By test of gpus.csv, whether it is such: asked once a test, not once for each of millions of rows.
template <class IsSuch>
std::vector<bool> tests_that(const Evidence& evidence, IsSuch&& is_such) {
  std::vector<bool> such;
  for (const auto& test : evidence.gpu_tests) {
    such.push_back(is_such(test));
  }
  return such;
}

/// The models of GPUs, as the map knows them. Written for rows of which mostly several in turn are of one GPU.
class GpuModels {
 public:
  GpuModels(const Evidence& evidence, const topology::Graph& graph) : evidence_(evidence), graph_(graph) {}
  /// Of the GPU of a reading; empty: the map does not know it.
  std::string_view of(const GpuReading& reading);

 private:
  const Evidence& evidence_;
  const topology::Graph& graph_;
  std::optional<std::uint32_t> gpu_;  // that was asked for last
  std::string_view model_;
};

/// Which way a GPU test is better, as its unit tells.
enum class Better : std::uint8_t { more, less, unknown };
Better better_of(std::string_view unit);

/// What a GPU tells by itself: errors, remapped rows, a PCIe link narrower than it could be. To be called ahead of
/// derive_from_gpu_tests.
void derive_from_gpu_state(const Evidence& evidence, const topology::Graph& graph, std::vector<CheckSource>& rows);

/// GPUs whose tests are clearly below those of their model ("gpu_slower_TEST", of the clock "gpu_clock_capped"), below
/// its floor ("gpu_below_floor_TEST"), or failed ("gpu_failed_TEST"); not what another row of that GPU explains.
void derive_from_gpu_tests(const Evidence& evidence, const topology::Graph& graph, const Limits& limits,
                           std::vector<CheckSource>& rows);

/// Facts that most hosts have alike and some not ("differs_FACT"), a row a fact: the odd hosts are its subjects. Where
/// no value has more than half of the hosts, the row says how the fleet splits and has no subject. At least three
/// hosts.
void derive_from_facts(const Evidence& evidence, std::vector<CheckSource>& rows);

/// Links of the map that are narrower or slower than they could be, or than their peers.
void derive_from_links(const topology::Graph& graph, std::vector<CheckSource>& rows);

/// Ports that are down (check "port_state"): a fault where the map has a planned cable; nothing where the plan has
/// cables of the host's other NICs and none there. Else what is down on all of so many hosts (three at least) wants a
/// look: a port that nobody cabled is no fault of a host.
void hold_ports_against_plan(const topology::Graph& graph, std::size_t hosts, std::vector<CheckSource>& rows);

}  // namespace plumb::reports
