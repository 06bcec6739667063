// Simulated runs in a temporary directory.
#pragma once

#include <string>

#include "core/run_dir.h"
#include "reports/simulate.h"
#include "reports/truth.h"
#include "tests/core/temporary_dir.h"

namespace plumb::test {

inline reports::SimulateOptions simulation(const std::string& topology, const std::string& faults) {
  reports::SimulateOptions options;
  options.topology = topology;
  options.plan = reports::parse_faults(faults);
  return options;
}

/// A run directory that lives as long as this.
class Simulated {
 public:
  explicit Simulated(reports::SimulateOptions options) {
    options.run_dir = (dir_.path() / "run").string();
    core::Manifest manifest;
    manifest.tool = "plumb-report-simulate";
    reports::simulate(options, manifest);
  }
  Simulated(const std::string& topology, const std::string& faults) : Simulated(simulation(topology, faults)) {}

  [[nodiscard]] std::filesystem::path path(int night = 0) const {
    return dir_.path() / (night == 0 ? "run" : "run-" + std::to_string(night));
  }
  template <class Row>
  [[nodiscard]] std::vector<Row> rows(int night = 0) const {
    return core::RunDir::open(path(night)).read<Row>();
  }

 private:
  TemporaryDir dir_;
};

}  // namespace plumb::test
