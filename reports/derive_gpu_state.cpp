#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "core/units.h"
#include "reports/derived_checks.h"

namespace plumb::reports {
namespace {

/// A count that should be nought.
struct CountRule {
  std::string_view test, check, status, what, advice;
};

constexpr std::array kCounts{
    CountRule{"remap_failed", "gpu_remap_failed", "fail", "rows could not be remapped",
              "replace the GPU: it has no spare row left for a broken one"},
    CountRule{"remap_pending", "gpu_remap_pending", "fail", "remapping waits for a reset",
              "drain the host and reset the GPU, so that the spare row is used"},
    CountRule{
        "remapped_rows", "gpu_remapped_rows", "warn", "remapped rows",
        "keep an eye on it: rows broke and were replaced by spare ones; replace the GPU when they go on breaking"},
    CountRule{"retired_pages", "gpu_retired_pages", "warn", "retired pages",
              "keep an eye on it: pages broke and were taken out; replace the GPU when they go on breaking"},
    CountRule{"ecc_uncorrected", "gpu_ecc_uncorrected", "fail", "uncorrected memory errors since the last reset",
              "drain the host and reset the GPU; if they come back, replace it"},
    CountRule{"gemm_bf16_different", "gpu_wrong_results", "fail", "results differed when a product was repeated",
              "take the GPU out of jobs: it computes wrongly and does not notice; replace it"},
    CountRule{"gemm_fp8_different", "gpu_wrong_results", "fail", "results differed when a product was repeated",
              "take the GPU out of jobs: it computes wrongly and does not notice; replace it"},
    CountRule{"gemm_tf32_different", "gpu_wrong_results", "fail", "results differed when a product was repeated",
              "take the GPU out of jobs: it computes wrongly and does not notice; replace it"},
};

constexpr std::array<std::string_view, 4> kPcie{"pcie_width", "max_pcie_width", "pcie_generation",
                                                "max_pcie_generation"};

/// XIDs that programs cause on healthy GPUs, and those after which no job should run on one.
constexpr std::array<std::string_view, 4> kProgramsFault{"xid_13", "xid_31", "xid_43", "xid_45"};
constexpr std::array<std::string_view, 8> kFatal{"xid_48", "xid_62", "xid_64",  "xid_74",
                                                 "xid_79", "xid_95", "xid_119", "xid_120"};

bool tells_state(std::string_view test) {
  return test.starts_with("xid_") || std::ranges::find(kPcie, test) != kPcie.end() ||
         std::ranges::find(kCounts, test, &CountRule::test) != kCounts.end();
}

/// What one run tells of one GPU, by test.
using State = std::map<std::string_view, const GpuReading*>;

class Deriver {
 public:
  Deriver(const Evidence& evidence, const topology::Graph& graph, std::vector<CheckSource>& rows)
      : evidence_(evidence), graph_(graph), rows_(rows) {}

  void derive(const State& state) {
    add_pcie(state);
    for (const auto& rule : kCounts) {
      if (const double count = value(state, rule.test); count > 0) {
        add(*state.at(rule.test), rule.check, rule.status, fmt::format("{:.0f} {}", count, rule.what), "none",
            rule.advice);
      }
    }
    for (const auto& [test, reading] : state) {
      if (test.starts_with("xid_") && std::ranges::find(kProgramsFault, test) == kProgramsFault.end()) {
        const bool is_fatal = std::ranges::find(kFatal, test) != kFatal.end();
        const std::string_view reason = evidence_.words[evidence_.gpu_tests[reading->test].reason];
        const auto colon = std::min(reason.find(": "), reason.size());
        add(*reading, "gpu_" + std::string(test), is_fatal ? "fail" : "warn",
            fmt::format("{:.0f} times in the kernel's log: {}", reading->value, reason.substr(0, colon)), "",
            colon < reason.size() ? reason.substr(colon + 2) : "look it up in NVIDIA's XID catalogue");
      }
    }
  }

 private:
  static double value(const State& state, std::string_view test) {
    const auto found = state.find(test);
    return found == state.end() ? 0 : found->second->value;
  }

  /// Under load a link is as wide and fast as it gets.
  void add_pcie(const State& state) {
    const double width = value(state, "pcie_width"), most_width = value(state, "max_pcie_width");
    const double generation = value(state, "pcie_generation"), most_generation = value(state, "max_pcie_generation");
    const bool is_narrow = width > 0 && width < most_width;
    if (is_narrow || (generation > 0 && generation < most_generation)) {
      add(*state.at(is_narrow ? "pcie_width" : "pcie_generation"), "pcie_link", "fail",
          fmt::format("PCIe Gen{:.0f} x{:.0f}", generation, width),
          fmt::format("Gen{:.0f} x{:.0f}", most_generation, most_width),
          "reseat the GPU or its riser; then look at the slot, its retimer and the switch above it");
    }
  }

  void add(const GpuReading& reading, std::string_view check, std::string_view status, std::string observed,
           std::string expected, std::string_view advice) {
    core::CheckRow row;
    row.subject = evidence_.words[reading.gpu];
    if (const auto node = graph_.find(row.subject)) {
      row.host = graph_.row(*node).host;
    }
    row.check = check;
    row.status = status;
    row.observed = std::move(observed);
    row.expected = std::move(expected);
    row.advice = advice;
    rows_.push_back({std::move(row), evidence_.file_of(reading.place), reading.place.line});
  }

  const Evidence& evidence_;
  const topology::Graph& graph_;
  std::vector<CheckSource>& rows_;
};

}  // namespace

void derive_from_gpu_state(const Evidence& evidence, const topology::Graph& graph, std::vector<CheckSource>& rows) {
  const auto counts = tests_that(evidence, [&](const GpuTest& test) {
    return evidence.words[test.status] == "ok" && tells_state(evidence.words[test.test]);
  });
  std::vector<const GpuReading*> readings;
  for (const auto& reading : evidence.gpu_rows) {
    if (counts[reading.test]) {
      readings.push_back(&reading);
    }
  }
  std::ranges::stable_sort(readings, {}, [](const auto* reading) { return reading->gpu; });
  Deriver deriver(evidence, graph, rows);
  for (auto at = readings.begin(); at != readings.end();) {
    State state;  // the latest run's word on each test
    const auto gpu = (*at)->gpu;
    for (; at != readings.end() && (*at)->gpu == gpu; ++at) {
      state[evidence.words[evidence.gpu_tests[(*at)->test].test]] = *at;
    }
    deriver.derive(state);
  }
}

}  // namespace plumb::reports
