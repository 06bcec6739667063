// NCCL's RAS service (2.24 and later): a thread of each process of a job that tells, over TCP, what it knows of all
// ranks.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace plumb::bench {

inline constexpr const char* kRasAddress = "localhost:28028";  // where NCCL_RAS_ADDR names no other

struct RasAnswer {
  std::string text;         // JSON from 2.28.7 on, before that words
  std::string why_no_good;  // nobody listens, no answer in time, another protocol; else empty
};

/// Its status at "host:port". RAS waits less than half of `limit`, whole seconds, for ranks that do not answer it.
RasAnswer ask_ras(const std::string& address, std::chrono::milliseconds limit);

/// Which job's: of all that may run on a host.
struct RasJob {
  int pid = 0;                     // a process of it
  std::vector<std::string> hosts;  // by rank
};

/// Ranks that the answer (JSON) says are missing, have met an error (in the words of `error_string`) or have started
/// fewer collectives than others: "rank 3 on host n05 does not answer; …". What is not JSON, or of another job, is
/// said.
std::string ras_says(const std::string& answer, const RasJob& job, const std::function<const char*(int)>& error_string);

}  // namespace plumb::bench
