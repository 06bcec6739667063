// How GPUs do, by NVML: clocks, heat and power under load; errors and links.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/nvml_library.h"
#include "core/rows.h"

namespace plumb::diag {

/// What is read again and again under load. What NVML cannot tell is not there.
struct GpuPulse {
  std::optional<double> sm_clock_Hz, memory_clock_Hz, temperature_C, power_W, pcie_generation, pcie_width;
  std::optional<unsigned long long> throttle;  // bits of diag/throttle.h
};

/// What is read once.
struct GpuCondition {
  std::optional<double> max_sm_clock_Hz, power_limit_W;
  std::optional<double> ecc_uncorrected, ecc_corrected;  // since the last reset
  std::optional<double> remapped_rows, remap_pending, remap_failed, retired_pages;
  std::optional<double> max_pcie_generation, max_pcie_width, pcie_replays;
  std::optional<double> nvlinks, nvlink_errors;  // that are up; replays, recoveries and CRC errors of all
};

/// The device at a PCI address; nothing when NVML does not know it.
std::optional<core::NvmlDevice> find_device(const core::NvmlLibrary& nvml, const std::string& pci);
GpuPulse read_pulse(const core::NvmlLibrary& nvml, core::NvmlDevice device);
GpuCondition read_condition(const core::NvmlLibrary& nvml, core::NvmlDevice device);

/// Rows of gpus.csv: medians of the clocks and of the PCIe link, which trains down at rest; the most of heat and power;
/// the share of pulses with each reason to throttle.
std::vector<core::GpuRow> pulse_rows(const std::string& gpu, const std::vector<GpuPulse>& pulses);
/// Of a GPU without work, `when`: "before" or "after" the load.
std::vector<core::GpuRow> rest_rows(const std::string& gpu, const char* when, const GpuPulse& pulse);
/// What is so `under_load`, and counters that rose since `before`.
std::vector<core::GpuRow> condition_rows(const std::string& gpu, const GpuCondition& before,
                                         const GpuCondition& under_load);

}  // namespace plumb::diag
