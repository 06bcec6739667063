// What a communication library has to offer to be measured. No clock, no loop over sizes, no printing.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "bench/case.h"
#include "bench/memory.h"
#include "bench/method.h"
#include "bench/witness.h"
#include "core/rows.h"

namespace plumb::bench {

/// One collective, ready to run again and again on the same buffers. Used by all ranks alike.
class Operation {
 public:
  virtual ~Operation() = default;
  /// Runs it once and returns when this rank's part is complete. Hot: measured.
  virtual void run() = 0;
  /// Runs it so many times, on what the buffers then hold, and returns when this rank's part of all is complete: back
  /// to back where the library can start one before the last is complete. Hot: measured.
  virtual void run_batch(int calls) {
    for (int i = 0; i < calls; ++i) {
      run();
    }
  }
  /// How long the last batch of more than one took by the GPU's own clock; 0: there is none.
  [[nodiscard]] virtual double event_ns() const { return 0; }
  /// How it is done, once it has run.
  [[nodiscard]] virtual Method method() const { return {}; }
  /// Runs it once more, not to be timed, while the library tells what its channels do. Called by all ranks. Empty: it
  /// tells nothing.
  virtual std::vector<ChannelTime> observe() { return {}; }
  /// What the next run() sends, and what the last one received (the same memory when in place).
  virtual std::span<std::byte> send_buffer() = 0;
  virtual std::span<std::byte> receive_buffer() = 0;
  /// Where the buffers are.
  [[nodiscard]] virtual const Memory& memory() const { return host_memory(); }
};

class Backend {
 public:
  virtual ~Backend() = default;
  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual std::string version() const = 0;
  /// The GPU that this rank uses, gpu/HOST/NUMBER; empty: none.
  [[nodiscard]] virtual std::string device() const { return {}; }
  /// Its model, as the driver names it; empty: none.
  [[nodiscard]] virtual std::string device_model() const { return {}; }
  /// Called by all ranks with the same case. Throws core::Error (also std::bad_alloc) when it cannot be run; the
  /// caller lets all ranks agree before it is skipped.
  virtual std::unique_ptr<Operation> prepare(const Case& one) = 0;
  /// Whom the watchdog asks when nothing moves; lives as long as this. Null: nobody.
  [[nodiscard]] virtual Witness* witness() { return nullptr; }
  /// What this rank can tell of the library's set-up once it has measured: rows of checks.<backend>.<tool>.csv.
  [[nodiscard]] virtual std::vector<core::CheckRow> checks() const { return {}; }
};

}  // namespace plumb::bench
