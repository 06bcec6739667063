#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/statistics.h"
#include "core/units.h"
#include "reports/derived_checks.h"

namespace plumb::reports {
namespace {

constexpr std::size_t kLeastPeers = 8;
constexpr double kSigmas = 6, kLeastNoise = 0.005;
constexpr double kSlower = 0.95, kFails = 0.9;  // of the median of its peers
constexpr double kOften = 0.5;                  // of the samples of a load, in which a reason to throttle counts
constexpr std::string_view kThrottle = "throttle_";

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

std::string value_text(double value, std::string_view unit) {
  return unit == "Bps"      ? core::format_rate(value)
         : unit == "Hz"     ? fmt::format("{:.0f} MHz", value * 1e-6)
         : unit == "FLOP/s" ? fmt::format("{:.4g} TFLOP/s", value * 1e-12)
                            : fmt::format("{:.4g} {}", value, unit);
}

/// What held each GPU's clock down for most of its load: "sw power cap in 98 % of samples".
std::map<std::uint32_t, std::string> throttle_words(const Evidence& evidence) {
  std::map<std::uint32_t, std::string> words;
  std::map<std::uint32_t, double> most;
  for (const auto& reading : evidence.gpu_rows) {
    const std::string& test = evidence.words[reading.test];
    const double share = reading.value.value_or(0);
    if (test.starts_with(kThrottle) && share >= kOften && share > most[reading.gpu]) {
      most[reading.gpu] = share;
      auto reason = test.substr(kThrottle.size());
      std::ranges::replace(reason, '_', ' ');
      words[reading.gpu] = fmt::format("{} in {} of samples", reason, core::format_percent(share));
    }
  }
  return words;
}

/// A clock that is held down says why.
void tell_the_clock(const GpuReading& reading, const std::map<std::uint32_t, std::string>& throttle,
                    core::CheckRow& row) {
  row.check = "gpu_clock_capped";
  const auto why = throttle.find(reading.gpu);
  row.observed += why == throttle.end() ? ", by no reason that the driver tells" : ", by " + why->second;
  row.advice = "look at its clock and power limits (nvidia-smi -q -d CLOCK,POWER), its cooling and its power supply";
}

/// The consequences of a fault that has a row of its own.
bool is_explained(const core::CheckRow& row, const std::set<std::pair<std::string, std::string>>& causes) {
  const auto has = [&](const std::string& cause) { return causes.contains({row.subject, cause}); };
  const auto starts = [&](std::string_view head) { return row.check.starts_with(head); };
  if (starts("gpu_slower_gemm")) {
    return has("gpu_clock_capped");
  }
  for (const std::string near : {"gpu_slower_host_to_gpu", "gpu_slower_gpu_to_host"}) {
    if (starts(near)) {
      return has("pcie_link") || (row.check != near && has(near));  // from the far socket, too
    }
  }
  constexpr std::string_view kBoth = "gpu_slower_p2p_both_to_";
  return starts(kBoth) && has("gpu_slower_p2p_to_" + row.check.substr(kBoth.size()));
}

/// The rows from `first` on: causes ahead of the rest, without what they explain.
void put_causes_first(std::vector<CheckSource>& rows, std::size_t first) {
  std::set<std::pair<std::string, std::string>> causes;
  for (const auto& source : rows) {
    causes.emplace(source.row.subject, source.row.check);
  }
  rows.erase(std::remove_if(rows.begin() + static_cast<std::ptrdiff_t>(first), rows.end(),
                            [&](const CheckSource& source) { return is_explained(source.row, causes); }),
             rows.end());
  std::stable_partition(rows.begin() + static_cast<std::ptrdiff_t>(first), rows.end(),
                        [](const CheckSource& source) { return source.row.check == "gpu_clock_capped"; });
}

/// A GPU that its peers do not tell apart may still be too slow for its model.
void hold_against_floor(const GpuReading& reading, std::string_view model, const Limits& limits,
                        const Evidence& evidence, const topology::Graph& graph, std::vector<CheckSource>& rows) {
  const auto& test = evidence.words[reading.test];
  const auto floor = limits.gpu_floor(model, test);
  if (floor && reading.value.value_or(0) < *floor) {
    auto row = row_of(evidence, graph, reading, "gpu_below_floor", "fail");
    row.observed = value_text(reading.value.value_or(0), evidence.words[reading.unit]);
    row.expected = fmt::format("{} or more of any {}", value_text(*floor, evidence.words[reading.unit]), model);
    row.advice = "compare with its peers: one alone is at fault, all alike point to a setting, such as a power limit";
    rows.push_back({std::move(row), evidence.file_of(reading.place), reading.place.line});
  }
}

void judge(const Peers& peers, const std::map<std::uint32_t, std::string>& throttle, const Evidence& evidence,
           const topology::Graph& graph, std::vector<CheckSource>& rows) {
  std::vector<double> logs;
  for (const auto* reading : peers.readings) {
    logs.push_back(std::log(reading->value.value_or(0)) * (peers.better == Better::more ? 1 : -1));
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
      row.observed =
          fmt::format("{}, {} of its peers", value_text(reading.value.value_or(0), unit), core::format_percent(share));
      row.expected = value_text(std::exp(peers.better == Better::more ? usual : -usual), unit);
      row.advice = "look at its clocks, power cap, temperature and throttle reasons, then at its memory and PCIe link";
      const std::string& test = evidence.words[reading.test];
      if (test == "sm_clock") {
        tell_the_clock(reading, throttle, row);
      } else if (test.ends_with("_far")) {
        row.advice =
            "its own socket's memory is not slow: look at the link between the sockets (UPI, xGMI), and at the "
            "BIOS settings that limit it";
      }
      rows.push_back({std::move(row), evidence.file_of(reading.place), reading.place.line});
    }
  }
}

}  // namespace

std::string_view model_of(const GpuReading& reading, const Evidence& evidence, const topology::Graph& graph) {
  const auto node = graph.find(evidence.words[reading.gpu]);
  return node ? graph.row(*node).model : std::string_view();
}

Better better_of(std::string_view unit) {
  if (ends_with_any(unit, {"/s", "Bps", "bps", "FLOPS", "FLOP/s", "Hz"})) {
    return Better::more;
  }
  return unit == "s" || unit == "ms" || unit == "us" || unit == "ns" ? Better::less : Better::unknown;
}

void derive_from_gpu_tests(const Evidence& evidence, const topology::Graph& graph, const Limits& limits,
                           std::vector<CheckSource>& rows) {
  const auto first = rows.size();
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::string_view>, Peers> classes;  // test, unit, model
  for (const auto& reading : evidence.gpu_rows) {
    if (evidence.words[reading.status] == "fail" || evidence.words[reading.status] == "failed") {
      auto row = row_of(evidence, graph, reading, "gpu_failed", "fail");
      row.observed = evidence.words[reading.reason];
      row.advice = "look at the kernel log for XIDs; reset the GPU, and keep the host out of jobs until it passes";
      rows.push_back({std::move(row), evidence.file_of(reading.place), reading.place.line});
    } else if (const auto better = better_of(evidence.words[reading.unit]);
               better != Better::unknown && reading.value.value_or(0) > 0) {
      const auto model = model_of(reading, evidence, graph);
      hold_against_floor(reading, model, limits, evidence, graph, rows);
      auto& peers = classes[{reading.test, reading.unit, model}];
      peers.better = better;
      peers.readings.push_back(&reading);
    }
  }
  const auto throttle = throttle_words(evidence);
  for (const auto& [key, peers] : classes) {
    judge(peers, throttle, evidence, graph, rows);
  }
  put_causes_first(rows, first);
}

}  // namespace plumb::reports
