// `plumb-report simulate`: a run directory of a made-up or known fabric with planted faults, and its truth.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/manifest.h"

namespace plumb::reports {

/// docs/verdicts.md says what each does and where it shows.
enum class FaultKind : std::uint8_t {
  slow_leaf,
  slow_host,
  ecmp_cable,
  slow_nic,
  slow_cable,
  one_way_cable,
  mild,
  slow_gpu,
  half_pcie,
  downtrained_cable,
  flapping_cable,
  slow_fabric,
  regression,
  missing_uplinks,
  missing_core_cables,
  crossed_cable
};
std::string_view name_of(FaultKind kind);
/// Whether only a busy fabric shows it.
bool needs_load(FaultKind kind);

struct FaultOrder {
  FaultKind kind = FaultKind::slow_nic;
  double amount = 1;  // faults, or percent of the parts that can have it
  bool is_percent = false;
  std::optional<double> factor;  // of the healthy rate; drawn where not given
  bool where_possible = false;   // a fabric without such parts gets none; otherwise it is refused
};

/// What a preset's measurements are like.
struct Weather {
  double noise = 0.015, disturbed = 0.004, missing = 0, failed = 0;
  int generations = 1;
};

struct FaultPlan {
  std::vector<FaultOrder> orders;
  Weather weather;
};

/// "easy", "hard", "easy-healthy", "hard-healthy", "none", KIND, KIND:COUNT, KIND:PERCENT%, each with @FACTOR; several
/// with commas between. Throws UsageError that names the word.
FaultPlan parse_faults(const std::string& text);

enum class Ends : std::uint8_t { gpu, nic };
enum class Counters : std::uint8_t { none, changed, all };

struct SimulateOptions {
  std::string topology;  // "rail:…", "fat-tree:…", a run directory, or a file in any known format
  FaultPlan plan;
  std::uint64_t seed = 1;
  int rounds = 4;
  bool pairs_follow_map = true;  // as those of plumb-pairs do when it has one; else they are drawn at random
  int loaded_rounds = 0;         // of all-rails, beside those: every rail of every host sends at once
  std::optional<Ends> ends;      // not given: GPUs where the map has them
  Counters counters = Counters::changed;
  bool routes = false;
  int nights = 0;         // 0: one run in run_dir; else run_dir-1, run_dir-2, …
  int regression_at = 0;  // the first night with the regression
  std::string run_dir;
};

/// Writes the run directories. Throws UsageError for faults that the fabric cannot have, and for directories that hold
/// a run already. `manifest` has tool, version and argv.
void simulate(const SimulateOptions& options, const core::Manifest& manifest);

}  // namespace plumb::reports
