#include "diag/gpu_state.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/statistics.h"
#include "diag/throttle.h"

namespace plumb::diag {
namespace {

using core::kNvmlSuccess, core::NvmlDevice, core::NvmlLibrary;
using Value = std::optional<double>;

constexpr int kDlReplay = 0, kCrcData = 3;  // nvmlNvLinkErrorCounter_t, first and last
constexpr int kCorrected = 0, kUncorrected = 1, kSinceReset = 0, kCausesOfRetirement = 2;

/// What a call that fills one number answers, times `unit`.
template <class Number, class Call, class... Argument>
Value ask(Call* call, double unit, NvmlDevice device, Argument... arguments) {
  Number number = 0;
  return call != nullptr && call(device, arguments..., &number) == kNvmlSuccess
             ? Value(static_cast<double>(number) * unit)
             : std::nullopt;
}

void read_rows(const NvmlLibrary& nvml, NvmlDevice device, GpuCondition& condition) {
  unsigned corrected = 0, uncorrected = 0, pending = 0, failed = 0;
  if (nvml->remapped_rows != nullptr &&
      nvml->remapped_rows(device, &corrected, &uncorrected, &pending, &failed) == kNvmlSuccess) {
    condition.remapped_rows = corrected + uncorrected;
    condition.remap_pending = pending;
    condition.remap_failed = failed;
  }
  for (int cause = 0; nvml->retired_pages != nullptr && cause < kCausesOfRetirement; ++cause) {
    unsigned pages = 0;  // room for none: the answer is how many there are
    const int code = nvml->retired_pages(device, cause, &pages, nullptr);
    if (code == kNvmlSuccess || code == core::kNvmlInsufficientSize) {
      condition.retired_pages = condition.retired_pages.value_or(0) + pages;
    }
  }
}

void read_links(const NvmlLibrary& nvml, NvmlDevice device, GpuCondition& condition) {
  for (unsigned link = 0; nvml->link_state != nullptr && link < core::kNvmlMostLinks; ++link) {
    unsigned up = 0;
    if (nvml->link_state(device, link, &up) != kNvmlSuccess) {
      continue;
    }
    condition.nvlinks = condition.nvlinks.value_or(0) + up;
    for (int counter = kDlReplay; nvml->link_errors != nullptr && counter <= kCrcData; ++counter) {
      if (unsigned long long errors = 0; nvml->link_errors(device, link, counter, &errors) == kNvmlSuccess) {
        condition.nvlink_errors = condition.nvlink_errors.value_or(0) + static_cast<double>(errors);
      }
    }
  }
}

core::GpuRow row(const std::string& gpu, std::string test, double value, std::string unit, std::size_t samples = 1) {
  return {gpu, std::move(test), value, std::move(unit), static_cast<core::Integer>(samples), "ok", ""};
}

std::vector<double> all_of(const std::vector<GpuPulse>& pulses, Value GpuPulse::*member) {
  std::vector<double> values;
  for (const auto& pulse : pulses) {
    if (pulse.*member) {
      values.push_back((pulse.*member).value_or(0));
    }
  }
  return values;
}

}  // namespace

std::optional<NvmlDevice> find_device(const NvmlLibrary& nvml, const std::string& pci) {
  unsigned count = 0;
  if (!nvml.why_absent().empty() || nvml->count(&count) != kNvmlSuccess) {
    return std::nullopt;
  }
  for (unsigned i = 0; i < count; ++i) {
    NvmlDevice device = nullptr;
    core::NvmlPciInfo info{};
    if (nvml->device(i, &device) == kNvmlSuccess && nvml->pci(device, &info) == kNvmlSuccess &&
        core::address_of(info) == pci) {
      return device;
    }
  }
  return std::nullopt;
}

GpuPulse read_pulse(const NvmlLibrary& nvml, NvmlDevice device) {
  GpuPulse pulse;
  pulse.sm_clock_Hz = ask<unsigned>(nvml->clock_MHz, 1e6, device, core::kNvmlSmClock);
  pulse.memory_clock_Hz = ask<unsigned>(nvml->clock_MHz, 1e6, device, core::kNvmlMemoryClock);
  pulse.temperature_C = ask<unsigned>(nvml->temperature_C, 1, device, 0);
  pulse.pcie_generation = ask<unsigned>(nvml->pcie_generation, 1, device);
  pulse.pcie_width = ask<unsigned>(nvml->pcie_width, 1, device);
  pulse.power_W = ask<unsigned>(nvml->power_mW, 1e-3, device);
  unsigned long long reasons = 0;
  if (nvml->throttle_reasons != nullptr && nvml->throttle_reasons(device, &reasons) == kNvmlSuccess) {
    pulse.throttle = reasons;
  }
  return pulse;
}

GpuCondition read_condition(const NvmlLibrary& nvml, NvmlDevice device) {
  GpuCondition condition;
  condition.max_sm_clock_Hz = ask<unsigned>(nvml->max_clock_MHz, 1e6, device, core::kNvmlSmClock);
  condition.power_limit_W = ask<unsigned>(nvml->power_limit_mW, 1e-3, device);
  condition.ecc_uncorrected = ask<unsigned long long>(nvml->ecc_errors, 1, device, kUncorrected, kSinceReset);
  condition.ecc_corrected = ask<unsigned long long>(nvml->ecc_errors, 1, device, kCorrected, kSinceReset);
  condition.max_pcie_generation = ask<unsigned>(nvml->max_pcie_generation, 1, device);
  condition.max_pcie_width = ask<unsigned>(nvml->max_pcie_width, 1, device);
  condition.pcie_replays = ask<unsigned>(nvml->pcie_replays, 1, device);
  read_rows(nvml, device, condition);
  read_links(nvml, device, condition);
  return condition;
}

std::vector<core::GpuRow> pulse_rows(const std::string& gpu, const std::vector<GpuPulse>& pulses) {
  std::vector<core::GpuRow> rows;
  const auto add = [&](const char* test, Value GpuPulse::*member, const char* unit, bool most) {
    if (auto values = all_of(pulses, member); !values.empty()) {
      const double value = most ? *std::ranges::max_element(values) : core::median(values);
      rows.push_back(row(gpu, test, value, unit, values.size()));
    }
  };
  add("sm_clock", &GpuPulse::sm_clock_Hz, "Hz", false);
  add("memory_clock", &GpuPulse::memory_clock_Hz, "Hz", false);
  add("temperature", &GpuPulse::temperature_C, "C", true);
  add("power", &GpuPulse::power_W, "W", true);
  add("pcie_generation", &GpuPulse::pcie_generation, "generation", false);
  add("pcie_width", &GpuPulse::pcie_width, "lanes", false);
  const auto told = std::ranges::count_if(pulses, [](const auto& pulse) { return pulse.throttle.has_value(); });
  for (const auto& reason : throttle_reasons()) {
    const auto seen =
        std::ranges::count_if(pulses, [&](const auto& p) { return (p.throttle.value_or(0) & reason.bit) != 0; });
    if (told > 0) {
      rows.push_back(row(gpu, fmt::format("throttle_{}", reason.name),
                         static_cast<double>(seen) / static_cast<double>(told), "share",
                         static_cast<std::size_t>(told)));
    }
  }
  return rows;
}

std::vector<core::GpuRow> rest_rows(const std::string& gpu, const char* when, const GpuPulse& pulse) {
  std::vector<core::GpuRow> rows;
  const auto add = [&](const char* test, const Value& value, const char* unit) {
    if (value) {
      rows.push_back(row(gpu, fmt::format("{}_{}", test, when), *value, unit));
    }
  };
  add("sm_clock", pulse.sm_clock_Hz, "Hz_rest");  // not compared: clocks at rest are as the driver pleases
  add("temperature", pulse.temperature_C, "C");
  add("power", pulse.power_W, "W");
  return rows;
}

std::vector<core::GpuRow> condition_rows(const std::string& gpu, const GpuCondition& before,
                                         const GpuCondition& under_load) {
  std::vector<core::GpuRow> rows;
  const auto add = [&](const char* test, Value GpuCondition::*member, const char* unit) {
    if (under_load.*member) {
      rows.push_back(row(gpu, test, *(under_load.*member), unit));
    }
  };
  const auto add_rise = [&](const char* test, Value GpuCondition::*member) {
    if (before.*member && under_load.*member) {
      rows.push_back(row(gpu, test, *(under_load.*member) - *(before.*member), "count"));
    }
  };
  add("max_sm_clock", &GpuCondition::max_sm_clock_Hz, "Hz_limit");
  add("power_limit", &GpuCondition::power_limit_W, "W");
  add("ecc_uncorrected", &GpuCondition::ecc_uncorrected, "count");
  add("ecc_corrected", &GpuCondition::ecc_corrected, "count");
  add("remapped_rows", &GpuCondition::remapped_rows, "count");
  add("remap_pending", &GpuCondition::remap_pending, "count");
  add("remap_failed", &GpuCondition::remap_failed, "count");
  add("retired_pages", &GpuCondition::retired_pages, "count");
  add("max_pcie_generation", &GpuCondition::max_pcie_generation, "generation");
  add("max_pcie_width", &GpuCondition::max_pcie_width, "lanes");
  add("nvlinks", &GpuCondition::nvlinks, "links");
  add_rise("pcie_replays", &GpuCondition::pcie_replays);
  add_rise("nvlink_errors", &GpuCondition::nvlink_errors);
  return rows;
}

}  // namespace plumb::diag
