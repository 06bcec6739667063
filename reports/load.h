// Pairs that were measured while the whole fabric was busy, against what the map lets each of them have.
#pragma once

#include <cstdint>
#include <vector>

#include "reports/evidence.h"
#include "reports/expectation.h"
#include "reports/fabric.h"
#include "reports/paths.h"

namespace plumb::reports {

/// One row under load that can be judged; docs/verdicts.md, section 6, derives share and ratio.
struct LoadedRow {
  std::uint32_t pair = 0;  // of evidence.pairs
  float allowed_Bps = 0;   // what the ends reach alone, times the share
  float share = 1;         // of a crowded way; 1: it is never crowded
  bool crosses = false;    // the map leads it over cables between switches
};

struct Load {
  std::vector<LoadedRow> rows;
  std::vector<bool> has;  // by index in evidence.pairs; empty when there are no rows

  [[nodiscard]] bool judges(std::size_t pair) const { return !has.empty() && has[pair]; }
};

/// Empty without a map that tells rates, or where nothing tells what the ends reach alone. `ratio` is measured over
/// expected, by index in evidence.pairs.
Load load_of(const Evidence& evidence, const Fabric& fabric, const Paths& paths, const Expectations& expectations,
             const std::vector<float>& ratio);

}  // namespace plumb::reports
