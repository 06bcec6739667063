#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <ranges>
#include <set>
#include <tuple>

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

/// GPUs of one model in one test.
struct Peers {
  std::string_view test, unit, model;
  Better better = Better::unknown;
  std::vector<const GpuReading*> readings;
};

/// Readings that can be compared, by test and model.
class PeerIndex {
 public:
  explicit PeerIndex(const Evidence& evidence) : evidence_(evidence), last_(evidence.gpu_tests.size()) {
    for (const auto& test : evidence.gpu_tests) {
      better_.push_back(better_of(evidence.words[test.unit]));
    }
  }

  void add(const GpuReading& reading, std::string_view model) {
    if (better_[reading.test] == Better::unknown || reading.value <= 0) {
      return;
    }
    auto& peers = last_[reading.test];
    if (peers == nullptr || peers->model != model) {
      const auto& test = evidence_.gpu_tests[reading.test];
      peers = &classes_[{test.test, test.unit, model}];
      peers->test = evidence_.words[test.test];
      peers->unit = evidence_.words[test.unit];
      peers->model = model;
      peers->better = better_[reading.test];
    }
    peers->readings.push_back(&reading);
  }

  [[nodiscard]] auto all() const { return classes_ | std::views::values; }

 private:
  const Evidence& evidence_;
  std::vector<Better> better_;                                                           // by test
  std::vector<Peers*> last_;                                                             // by test
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::string_view>, Peers> classes_;  // by words of test and unit
};

core::CheckRow row_of(const Evidence& evidence, const topology::Graph& graph, const GpuReading& reading,
                      std::string_view check, std::string_view status) {
  core::CheckRow row;
  row.subject = evidence.words[reading.gpu];
  if (const auto node = graph.find(row.subject)) {
    row.host = graph.row(*node).host;
  }
  row.check = fmt::format("{}_{}", check, evidence.words[evidence.gpu_tests[reading.test].test]);
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
  const auto tells_throttle =
      tests_that(evidence, [&](const GpuTest& test) { return evidence.words[test.test].starts_with(kThrottle); });
  for (const auto& reading : evidence.gpu_rows) {
    const double share = reading.value;
    if (tells_throttle[reading.test] && share >= kOften && share > most[reading.gpu]) {
      most[reading.gpu] = share;
      auto reason = evidence.words[evidence.gpu_tests[reading.test].test].substr(kThrottle.size());
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
void hold_against_floor(const Peers& peers, const Limits& limits, const Evidence& evidence,
                        const topology::Graph& graph, std::vector<CheckSource>& rows) {
  const auto floor = limits.gpu_floor(peers.model, peers.test);
  for (const auto* reading : peers.readings) {
    if (floor && reading->value < *floor) {
      auto row = row_of(evidence, graph, *reading, "gpu_below_floor", "fail");
      row.observed = value_text(reading->value, peers.unit);
      row.expected = fmt::format("{} or more of any {}", value_text(*floor, peers.unit), peers.model);
      row.advice = "compare with its peers: one alone is at fault, all alike point to a setting, such as a power limit";
      rows.push_back({std::move(row), evidence.file_of(reading->place), reading->place.line});
    }
  }
}

void judge(const Peers& peers, const std::map<std::uint32_t, std::string>& throttle, const Evidence& evidence,
           const topology::Graph& graph, std::vector<CheckSource>& rows) {
  std::vector<double> logs;
  for (const auto* reading : peers.readings) {
    logs.push_back(std::log(reading->value) * (peers.better == Better::more ? 1 : -1));
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
      row.observed =
          fmt::format("{}, {} of its peers", value_text(reading.value, peers.unit), core::format_percent(share));
      row.expected = value_text(std::exp(peers.better == Better::more ? usual : -usual), peers.unit);
      row.advice = "look at its clocks, power cap, temperature and throttle reasons, then at its memory and PCIe link";
      if (peers.test == "sm_clock") {
        tell_the_clock(reading, throttle, row);
      } else if (peers.test.ends_with("_far")) {
        row.advice =
            "its own socket's memory is not slow: look at the link between the sockets (UPI, xGMI), and at the "
            "BIOS settings that limit it";
      }
      rows.push_back({std::move(row), evidence.file_of(reading.place), reading.place.line});
    }
  }
}

}  // namespace

std::string_view GpuModels::of(const GpuReading& reading) {
  if (gpu_ != reading.gpu) {
    gpu_ = reading.gpu;
    const auto node = graph_.find(evidence_.words[reading.gpu]);
    model_ = node ? graph_.row(*node).model : std::string_view();
  }
  return model_;
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
  const auto failed = tests_that(evidence, [&](const GpuTest& test) {
    const auto& status = evidence.words[test.status];
    return status == "fail" || status == "failed";
  });
  GpuModels models(evidence, graph);
  PeerIndex index(evidence);
  for (const auto& reading : evidence.gpu_rows) {
    if (failed[reading.test]) {
      auto row = row_of(evidence, graph, reading, "gpu_failed", "fail");
      row.observed = evidence.words[evidence.gpu_tests[reading.test].reason];
      row.advice = "look at the kernel log for XIDs; reset the GPU, and keep the host out of jobs until it passes";
      rows.push_back({std::move(row), evidence.file_of(reading.place), reading.place.line});
    } else {
      index.add(reading, models.of(reading));
    }
  }
  const auto throttle = throttle_words(evidence);
  for (const auto& peers : index.all()) {
    hold_against_floor(peers, limits, evidence, graph, rows);
  }
  for (const auto& peers : index.all()) {
    judge(peers, throttle, evidence, graph, rows);
  }
  put_causes_first(rows, first);
}

}  // namespace plumb::reports
