// The one place where exceptions end.
#pragma once

#include <functional>
#include <string_view>

#include "core/error.h"

namespace plumb::core {

/// Runs `body` and turns what it throws into one message on stderr and an exit code. Never throws.
int guarded_main(std::string_view program, const std::function<ExitCode()>& body) noexcept;

/// That message, for whoever cannot wait for guarded_main. Returns the exit code.
int report_error(std::string_view program, std::string_view message, ExitCode code) noexcept;

}  // namespace plumb::core
