// MPI from start to end of a program.
#pragma once

#include <functional>
#include <string_view>

#include "core/error.h"

namespace plumb::bench {

/// Initialises MPI (funnelled threads) and finalises it. Refuses, with the reason, to run where the numbers would be
/// plausible nonsense: several processes were launched but each sees itself alone.
class MpiSession {
 public:
  MpiSession(int& argc, char**& argv);
  ~MpiSession();
  MpiSession(const MpiSession&) = delete;
  MpiSession& operator=(const MpiSession&) = delete;

  /// Runs `body`; an exception on one rank ends the whole job (exit code of the error) instead of leaving the others
  /// waiting for it. A UsageError or AgreedError of all ranks is told once, in the name of `program`.
  core::ExitCode guarded(std::string_view program, const std::function<core::ExitCode()>& body) const;
};

/// Why this launch is refused: `world_size` ranks by MPI, but the launcher's environment says more; empty when fine.
/// `variable` looks up an environment variable.
std::string refused_launch(int world_size, const std::function<const char*(const char*)>& variable);

}  // namespace plumb::bench
