// Runs another program, without a shell, and never waits for ever.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace plumb::core {

struct ProgramAnswer {
  std::string out;               // what it wrote to stdout
  std::string why_no_good;       // not found, timed out, or its exit code and the last line of its stderr; else empty
  std::optional<int> exit_code;  // where it ended by itself
};

/// `words[0]` is looked for in PATH. After `limit` the program is killed.
ProgramAnswer run_program(const std::vector<std::string>& words, std::chrono::milliseconds limit);

}  // namespace plumb::core
