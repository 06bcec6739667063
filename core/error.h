// Errors and exit codes that every program shares.
#pragma once

#include <stdexcept>
#include <string>

namespace plumb::core {

/// What a program tells its caller. The numbers are part of the command line contract.
enum class ExitCode : int { pass = 0, findings = 1, usage = 2, nothing_measurable = 3, failure = 4 };

/// Wrong use or broken input. Caught once, in guarded_main. The message says, in lower case: what, the
/// exact cause (file, line and column where there is one), and what to do.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message, ExitCode exit_code = ExitCode::failure)
      : std::runtime_error(message), exit_code_(exit_code) {}

  [[nodiscard]] ExitCode exit_code() const noexcept { return exit_code_; }

 private:
  ExitCode exit_code_;
};

/// An Error of the user's command line: exit code 2.
class UsageError : public Error {
 public:
  explicit UsageError(const std::string& message) : Error(message, ExitCode::usage) {}
};

}  // namespace plumb::core
