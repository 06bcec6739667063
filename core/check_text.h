// Check rows on a terminal.
#pragma once

#include <span>
#include <string>

#include "core/rows.h"

namespace plumb::core {

/// Failures first, then warnings, then what could not be checked, a line or two each; what passed in one line a check;
/// a last line that says what follows. Nothing for no rows.
std::string check_text(std::span<const CheckRow> rows);

}  // namespace plumb::core
