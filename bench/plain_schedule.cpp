// The schedule of builds without Google Benchmark.
#include <fmt/format.h>

#include "bench/schedule.h"
#include "core/error.h"

namespace plumb::bench {

void lead_schedule(const std::vector<Case>& cases, const ScheduleOptions& options, const MeasureCase& measure) {
  if (!options.out.empty() || !options.format.empty()) {
    throw core::UsageError(
        fmt::format("--benchmark_out and --benchmark_format: {}", schedule_component().absent_because));
  }
  for (const auto& one : cases) {
    measure(one);
  }
}

core::Component schedule_component() { return {"google-benchmark", "", "not in this build; its formats are missing"}; }

}  // namespace plumb::bench
