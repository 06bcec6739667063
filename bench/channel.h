// Messages between this rank and one peer, as a pair test needs them. No clock, no loop over sizes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "bench/memory.h"
#include "bench/rail_parts.h"
#include "bench/witness.h"
#include "core/rows.h"

namespace plumb::bench {

/// Both ends have one with the same `bytes` and `window`. What one end sends as message i of a window arrives in the
/// other end's slot i. Each end starts to receive windows and words in the order in which the other sends them.
class Channel {
 public:
  virtual ~Channel() = default;
  /// Message i is the `bytes` from i * stride() on, so that each message of a window differs from its neighbours.
  virtual std::span<std::byte> send_memory() = 0;
  /// `window` slots of `bytes` each.
  virtual std::span<std::byte> receive_memory() = 0;
  [[nodiscard]] virtual std::size_t stride() const = 0;  // bytes
  /// Where both are.
  [[nodiscard]] virtual const Memory& memory() const { return host_memory(); }

  virtual void start_receives() = 0;     // of a whole window
  virtual void start_sends() = 0;        // of a whole window
  virtual void complete_receives() = 0;  // the data is there
  virtual void complete_sends() = 0;     // the memory may be used again
  /// As complete_receives(); each rail is told of as soon as its parts of the window have arrived.
  virtual void complete_receives_by_rail(const RailArrived& arrived) {
    complete_receives();
    arrived(0);
  }

  /// A word on the side; waits for the other end's call.
  virtual void signal(std::int64_t word) = 0;
  virtual std::int64_t wait() = 0;

  /// Sends message 0 and waits for the other end's, or the other way round: half of a ping-pong each. `left` more of
  /// them follow, so that the receive of the next may be started ahead; nothing else comes between.
  virtual void ping(int left) = 0;
  virtual void pong(int left) = 0;
  /// After the last pong: returns when it will arrive without another call.
  virtual void flush() {}
};

inline constexpr const char* kInMemory = "its messages to itself stay in memory";

/// Opens channels between ranks of a job.
class PointToPoint {
 public:
  virtual ~PointToPoint() = default;
  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual std::string version() const = 0;
  /// The GPU that this rank uses, gpu/HOST/NUMBER; empty: none.
  [[nodiscard]] virtual std::string device() const { return {}; }
  /// The NICs that this rank drives, as the system names them; empty: not known.
  [[nodiscard]] virtual std::vector<std::string> nics() const { return {}; }
  /// Over how many NICs it cuts its messages, each of which is then a rail; the same on all ranks.
  [[nodiscard]] virtual std::size_t rails() const { return 1; }
  /// Why messages of this rank to itself do not go through a NIC; empty where they do, and open() takes itself as peer.
  [[nodiscard]] virtual std::string why_no_loopback() const { return kInMemory; }
  /// Called by both ends, with each other as `peer`. Throws core::Error or std::bad_alloc.
  virtual std::unique_ptr<Channel> open(int peer, std::int64_t bytes, int window) = 0;
  /// Whom the watchdog asks when nothing moves; lives as long as this. Null: nobody.
  [[nodiscard]] virtual Witness* witness() { return nullptr; }
  /// What this rank can tell of the library's set-up once it has measured: rows of checks.<backend>.<tool>.csv.
  [[nodiscard]] virtual std::vector<core::CheckRow> checks() const { return {}; }
};

}  // namespace plumb::bench
