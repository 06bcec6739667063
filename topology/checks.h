// Every check's function; check.cpp has the table.
#pragma once

#include "topology/check.h"

namespace plumb::topology {

/// Devices of one model with other firmware than most of them: warn.
void check_firmware(const Checked& checked, std::vector<core::CheckRow>& rows);

}  // namespace plumb::topology
