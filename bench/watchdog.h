// A hung or dead rank does not eat the run: it is named, what was measured is kept, and the job ends.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench/ranks.h"
#include "bench/witness.h"

namespace plumb::bench {

/// Counts what this rank begins. Marked by the main thread before each operation.
class Pulse {
 public:
  /// One writer only, so that the hot loop pays a store and no locked instruction.
  void step() { steps_.store(steps() + 1, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t steps() const { return steps_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> steps_{0};
};

/// What the collector knows of a rank.
struct Heard {
  std::uint64_t steps = 0;
  double silent_s = 0;  // since its last heartbeat
  std::string error;    // that its library has met; empty: none
};

/// Why nothing moves, in the words of docs/run-directory.md: "hung: rank 3 on host n05: …" or "stalled: …".
std::string diagnosis(const std::vector<Heard>& ranks, const std::vector<std::string>& hosts, double timeout_s);

/// Runs a thread on each rank that sends its pulse to rank 0 by UDP; no MPI call off the main thread. When no rank has
/// begun anything for the timeout, rank 0 calls `on_hang` with the diagnosis and what the witness answered, and ends
/// its process with exit code 4, and the launcher ends the others. A silent rank 0 is reported by rank 1, which can
/// write no rows. SIGTERM, which the launcher sends when a rank died, is reported in the same way, without a witness:
/// there is little time. Real time: not for simulated fabrics.
class Watchdog {
 public:
  using OnHang = std::function<void(const std::string& reason, const std::string& evidence)>;
  /// Called by all ranks. A timeout of 0 watches nothing. `on_hang` and `witness`, which may be null, are called on
  /// another thread while the main one hangs.
  Watchdog(const Ranks& ranks, Pulse& pulse, std::int64_t timeout_ns, Witness* witness, OnHang on_hang);
  /// Called by all ranks; waits for nobody.
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// Runs `body`. What it throws on this rank alone ("failed: rank 3 on host n05: …") is told to rank 0, which then
  /// reports it as it does a hang, and goes on its way. An AgreedError or UsageError is everybody's, and just goes on.
  void guard(const std::function<void()>& body) const;

 private:
  class Thread;
  std::unique_ptr<Thread> thread_;
};

}  // namespace plumb::bench
