// Every check's function; check.cpp has the table.
#pragma once

#include "topology/check.h"

namespace plumb::topology {

/// Cables and nodes against the plan, when there is one with names: fail, warn; absent for what has no counterpart to
/// compare with. Checks: cable, cable_missing, cable_extra, cable_swapped, cable_rotated, cable_wrong_port,
/// cable_wrong_node, cable_slower_than_plan, node_missing, node_extra.
void check_cables(const Checked& checked, std::vector<core::CheckRow>& rows);

/// Devices of one model with other firmware than most of them: warn.
void check_firmware(const Checked& checked, std::vector<core::CheckRow>& rows);

}  // namespace plumb::topology
