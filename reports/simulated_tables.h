// The tables of a simulated run. Each function writes one or two files into the run directory.
#pragma once

#include "core/run_dir.h"
#include "reports/planted_faults.h"

namespace plumb::reports {

struct SimulatedRun {
  const SimulatedFabric& fabric;
  const SimulateOptions& options;
  PlantedFaults& planted;  // rows and shortfall are counted as pairs.csv is written
  const core::RunDir& dir;
  Ends ends = Ends::gpu;
  int night = 0;
  std::int64_t start_unix_ns = 0;
};

/// pairs.csv, and routes.csv where asked for. First of all, as it counts what each fault slowed.
void write_pairs(const SimulatedRun& run);
/// nodes.csv and links.csv.
void write_simulated_map(const SimulatedRun& run);
/// ports.csv.
void write_ports(const SimulatedRun& run);
/// gpus.csv and checks.csv.
void write_gpus(const SimulatedRun& run);
void write_checks(const SimulatedRun& run);

/// Of NICs of that generation tonight: a regression brings another one.
std::string_view driver_of(const SimulatedRun& run, std::uint8_t generation);
std::string_view nic_model(std::uint8_t generation);

/// Rows that are added before the file is written to.
inline constexpr std::size_t kRowsAtOnce = 4096;

}  // namespace plumb::reports
