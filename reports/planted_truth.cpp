#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "reports/planted_faults.h"

namespace plumb::reports {
namespace {

/// Whether pairs.csv shows it. A stall in one window may be a passing disturbance, two are not; an uplink that only
/// some of many measurements hash to is not told from the others by them, unless routes.csv tells the ways.
bool shows_in_pairs(const PlantedFault& fault, double noise, bool knows_ways) {
  constexpr double kClear = 6;
  if (fault.rows == 0 || (fault.kind == FaultKind::ecmp_cable && !knows_ways)) {
    return false;
  }
  if (fault.kind == FaultKind::flapping_cable) {
    return fault.rows > 1;
  }
  constexpr double kOfHashing = 0.3;  // what flows under load differ by, as ECMP puts several on a cable
  noise = needs_load(fault.kind) ? kOfHashing : noise;
  return fault.shortfall >= kClear * noise * std::sqrt(static_cast<double>(fault.rows));
}

double rounded(double factor) {
  constexpr double kDigits = 1e4;
  return std::round(factor * kDigits) / kDigits;
}

}  // namespace

std::vector<TruthRow> truth_of(const PlantedFaults& planted, double noise, bool knows_ways) {
  std::vector<TruthRow> rows;
  for (std::size_t i = 0; i < planted.faults.size(); ++i) {
    const auto& fault = planted.faults[i];
    auto tables = fault.shown_in;
    if (shows_in_pairs(fault, noise, knows_ways)) {
      tables.insert(tables.begin(), "pairs");
    }
    for (const auto& component : fault.components) {
      rows.push_back({fmt::format("T{}", i + 1), std::string(name_of(fault.kind)), component, rounded(fault.factor),
                      fault.direction, static_cast<core::Integer>(fault.rows),
                      fmt::format("{}", fmt::join(tables, " ")), fault.note});
    }
  }
  return rows;
}

}  // namespace plumb::reports
