#include <fmt/format.h>

#include <cmath>
#include <map>

#include "core/statistics.h"
#include "core/units.h"
#include "reports/derived_checks.h"

namespace plumb::reports {
namespace {

constexpr std::size_t kLeastPeers = 8;
constexpr double kSigmas = 6, kLeastNoise = 0.005;
constexpr double kSlower = 0.95, kFails = 0.9;  // of the median of its peers

bool ends_with_any(std::string_view text, std::initializer_list<std::string_view> ends) {
  return std::ranges::any_of(ends, [&](std::string_view end) { return text.ends_with(end); });
}

struct Peers {
  std::vector<const GpuReading*> readings;
  Better better = Better::unknown;
};

core::CheckRow row_of(const Evidence& evidence, const topology::Graph& graph, const GpuReading& reading,
                      std::string_view check, std::string_view status) {
  core::CheckRow row;
  row.subject = evidence.words[reading.gpu];
  if (const auto node = graph.find(row.subject)) {
    row.host = graph.row(*node).host;
  }
  row.check = fmt::format("{}_{}", check, evidence.words[reading.test]);
  row.status = status;
  return row;
}

void judge(const Peers& peers, const Evidence& evidence, const topology::Graph& graph, std::vector<CheckSource>& rows) {
  std::vector<double> logs;
  for (const auto* reading : peers.readings) {
    logs.push_back(std::log(*reading->value) * (peers.better == Better::more ? 1 : -1));
  }
  if (logs.size() < kLeastPeers) {
    return;
  }
  const double usual = core::median(logs), noise = std::max(core::scaled_mad(logs), kLeastNoise);
  for (std::size_t i = 0; i < logs.size(); ++i) {
    const auto& reading = *peers.readings[i];
    const double share = std::exp(logs[i] - usual);
    if (share < kSlower && logs[i] - usual < -kSigmas * noise) {
      auto row = row_of(evidence, graph, reading, "gpu_slower", share < kFails ? "fail" : "warn");
      const auto unit = evidence.words[reading.unit];
      row.observed = fmt::format("{:.4g} {}, {} of its peers", *reading.value, unit, core::format_percent(share));
      row.expected = fmt::format("{:.4g} {}", std::exp(peers.better == Better::more ? usual : -usual), unit);
      row.advice = "look at its clocks, power cap, temperature and throttle reasons, then at its memory and PCIe link";
      rows.push_back({std::move(row), evidence.file_of(reading.place), reading.place.line});
    }
  }
}

}  // namespace

Better better_of(std::string_view unit) {
  if (ends_with_any(unit, {"/s", "Bps", "bps", "FLOPS", "FLOP/s", "Hz"})) {
    return Better::more;
  }
  return unit == "s" || unit == "ms" || unit == "us" || unit == "ns" ? Better::less : Better::unknown;
}

void derive_from_gpu_tests(const Evidence& evidence, const topology::Graph& graph, std::vector<CheckSource>& rows) {
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::string_view>, Peers> classes;  // test, unit, model
  for (const auto& reading : evidence.gpu_rows) {
    if (evidence.words[reading.status] == "fail" || evidence.words[reading.status] == "failed") {
      auto row = row_of(evidence, graph, reading, "gpu_failed", "fail");
      row.observed = evidence.words[reading.reason];
      row.advice = "look at the kernel log for XIDs; reset the GPU, and keep the host out of jobs until it passes";
      rows.push_back({std::move(row), evidence.file_of(reading.place), reading.place.line});
    } else if (const auto better = better_of(evidence.words[reading.unit]);
               better != Better::unknown && reading.value.value_or(0) > 0) {
      const auto node = graph.find(evidence.words[reading.gpu]);
      auto& peers = classes[{reading.test, reading.unit, node ? graph.row(*node).model : std::string_view()}];
      peers.better = better;
      peers.readings.push_back(&reading);
    }
  }
  for (const auto& [key, peers] : classes) {
    judge(peers, evidence, graph, rows);
  }
}

}  // namespace plumb::reports
