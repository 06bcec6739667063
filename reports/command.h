// What the commands of plumb-report share.
#pragma once

#include <CLI/CLI.hpp>

#include "core/error.h"

namespace plumb::reports {

/// What was typed; each command is a callback that CLI11 runs and that leaves its exit code here.
struct Invocation {
  Invocation(int count, char** words) : argc(count), argv(words) {}
  int argc;
  char** argv;
  core::ExitCode exit_code = core::ExitCode::pass;
};

/// Each adds one subcommand.
void add_simulate(CLI::App& app, Invocation& invocation);
void add_grade(CLI::App& app, Invocation& invocation);
void add_history(CLI::App& app, Invocation& invocation);
void add_limits(CLI::App& app, Invocation& invocation);

}  // namespace plumb::reports
