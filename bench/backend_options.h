// The part of a command line that says which library is measured, and how it is to be used.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "bench/backend_table.h"

namespace plumb::bench {

/// What is typed before it is understood.
struct TypedBackend {
  std::string nics, transfer = "write", resend_after = "1s";
};

/// Both must live until the command line is parsed.
void add_backend_options(CLI::App& app, TypedBackend& typed, BackendSettings& settings);

/// Once it is parsed. Throws UsageError.
void understand(const TypedBackend& typed, BackendSettings& settings);

}  // namespace plumb::bench
