// What is wrong with a map, by itself or against a plan. Each check is a function in a file of its own; it judges
// nothing beyond its rows, from which plumb-report makes findings.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/rows.h"
#include "topology/graph.h"

namespace plumb::topology {

/// What checks look at.
struct Checked {
  const Graph& found;
  const Graph* plan = nullptr;  // none: only what the map tells by itself
  bool plan_is_rule = false;    // then names in the plan mean nothing, only its shape does
};

/// Appends rows: fail and warn for each fault, absent for what could not be checked, one pass row for what was checked
/// and is right (observed says how many).
using CheckFunction = void (*)(const Checked& checked, std::vector<core::CheckRow>& rows);

struct MapCheck {
  std::string_view name;  // what it is about; docs/topology.md tells the words of the `check` cell
  CheckFunction run;
  bool is_of_shape = false;  // judges what cables make up; where these are held against a plan, only the plan's own
                             // faults are left to tell
};

std::span<const MapCheck> map_checks();

/// All checks, one cause told once: with a plan, what follows from a cable that is not as planned has no row of its
/// own, and a slow cable has the row that tells most. What the sources remarked stands in the map already.
std::vector<core::CheckRow> check_map(const Checked& checked);

}  // namespace plumb::topology
