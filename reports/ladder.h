// The layers between the fabric and a job, and what each may cost.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "reports/evidence.h"

namespace plumb::reports {

/// A library in one kind of memory. The table of all, from the fabric upwards, is docs/verdicts.md's.
struct Layer {
  std::string_view name;     // for people
  std::string_view backend;  // as in pairs.csv
  bool on_gpu = false;
  std::vector<std::string_view> below;  // names of what it is held against: the first that was measured
  double overhead_ns = 0;               // a message, more than the layer below
  std::string_view advice;              // usual causes of a loss on this step, and how to check each
};

std::span<const Layer> layers();
/// Index of the layer that `setting` was measured on; none for a library that the table has not.
std::optional<std::size_t> layer_of(const PairSetting& setting);

/// What overhead explains: time that `upper` may take for what takes `lower_ns` below it.
double allowed_ns(const Layer& upper, double lower_ns, bool latency);

}  // namespace plumb::reports
