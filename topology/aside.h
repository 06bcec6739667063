// Work that may never end, done beside the program: libraries that wait without a time limit cannot hang it, and what
// they print on stderr or leak is gone with them.
#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace plumb::topology {

using Deadline = std::chrono::steady_clock::time_point;

struct Told {
  std::string bytes;     // all that the work wrote until it ended
  bool in_time = false;  // it ended by itself before the deadline
};

/// Forks, and runs `work` in the child; call it while the program has one thread. `work` gives what it found to
/// `write`. At the deadline the child is killed. Throws Error when the machine allows no child.
Told run_aside(const std::function<void(const std::function<void(const void*, std::size_t)>& write)>& work,
               Deadline deadline);

}  // namespace plumb::topology
