// Floors below which even a uniformly slow fabric fails. Data only, from reports/limits.json or --limits.
#pragma once

#include <compare>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json_file.h"
#include "core/rows.h"

namespace plumb::reports {

struct Limits {
  /// From so many bytes a message on, one direction of a pair has to reach this share of its slowest hop's line rate.
  struct BandwidthShare {
    std::int64_t bytes_from = 0;
    double share = 0;
  };
  std::vector<BandwidthShare> bandwidth_shares;  // ascending

  /// What any GPU of a model has to reach in a test of gpus.csv, in the unit that stands there.
  struct GpuFloor {
    std::string model, test;
    double at_least = 0;
  };
  std::vector<GpuFloor> gpu_floors;

  /// What a collective has to reach where all that is said here is so; what is not said may be anything.
  struct CollectiveFloor {
    std::string collective, backend, memory, gpu_model, algorithm;  // as in cases.csv; empty: any
    std::optional<std::int64_t> hosts, ranks, calls, bytes_from, bytes_to;
    std::optional<double> busbw_Bps_at_least, p50_ns_at_most;  // one or both

    friend auto operator<=>(const CollectiveFloor&, const CollectiveFloor&) = default;
    [[nodiscard]] bool is_for(const core::CaseRow& row) const;
    /// 1 or more: it is kept; 0.5: half the rate, or twice the time. None: nothing to hold against it.
    [[nodiscard]] std::optional<double> share_of(const core::CaseRow& row) const;
  };
  std::vector<CollectiveFloor> collective_floors;

  /// None below the smallest size.
  [[nodiscard]] std::optional<double> share_at(std::int64_t bytes) const;
  /// None for models and tests that nobody gave a number.
  [[nodiscard]] std::optional<double> gpu_floor(std::string_view model, std::string_view test) const;
};

core::Json to_json(const Limits& limits);

/// The limits that this program was built with.
Limits default_limits();
/// Throws Error naming the file and what is wrong with it.
Limits read_limits(const std::filesystem::path& file);

}  // namespace plumb::reports
