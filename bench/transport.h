// Messages between ranks over a library that has no collectives of its own. All collectives and the pair test are
// written once over this. No clock, no loop over sizes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "bench/memory.h"
#include "bench/rail_parts.h"
#include "core/rows.h"

namespace plumb::bench {

/// Memory that a transport may send from and receive into (registered where the library wants that).
class Region {
 public:
  virtual ~Region() = default;
  virtual std::span<std::byte> bytes() = 0;
};

/// A part of a region.
struct Slice {
  Region* region = nullptr;
  std::size_t offset = 0, bytes = 0;
};

/// A send or receive under way; valid until completed.
using Ticket = std::uint64_t;

/// Used by one thread. Messages from one rank to another arrive in the order sent, each into the receive that
/// was started in the same place of that order, and of the same size. They are not empty. One that comes before its
/// receive was started waits for it. Nothing moves but during a call.
class Transport {
 public:
  virtual ~Transport() = default;
  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual std::string version() const = 0;

  /// Throws core::Error or std::bad_alloc.
  virtual std::unique_ptr<Region> allocate(std::size_t bytes) = 0;  // in this host's memory
  /// Where the messages of a pair test lie, which may be on a GPU.
  virtual std::unique_ptr<Region> allocate_payload(std::size_t bytes) { return allocate(bytes); }
  [[nodiscard]] virtual const Memory& payload_memory() const { return host_memory(); }
  /// Called by both ends, with each other as `peer`, before the first message; again is free. May wait for the other
  /// end's call, so that ranks with several peers go through them in an order without circles. Throws core::Error.
  virtual void connect(int peer) = 0;

  virtual Ticket start_receive(int peer, const Slice& into) = 0;
  virtual Ticket start_send(int peer, const Slice& from) = 0;
  /// The same for several in this order; a library that can hand them to its NIC together does. Fill `tickets`, which
  /// has as many.
  virtual void start_receives(int peer, std::span<const Slice> into, std::span<Ticket> tickets) {
    std::ranges::transform(into, tickets.begin(), [&](const Slice& slice) { return start_receive(peer, slice); });
  }
  virtual void start_sends(int peer, std::span<const Slice> from, std::span<Ticket> tickets) {
    std::ranges::transform(from, tickets.begin(), [&](const Slice& slice) { return start_send(peer, slice); });
  }
  /// Returns when all are done: received data is there, sent memory may be used again. Throws core::Error with the
  /// peer and the cause in words when one failed.
  virtual void complete(std::span<const Ticket> tickets) = 0;
  /// The same of receives from one peer; each rail is told of as soon as its parts of all have arrived.
  virtual void complete_by_rail(std::span<const Ticket> receives, const RailArrived& arrived) {
    complete(receives);
    arrived(0);
  }
  /// Returns when all that was sent and completed will arrive without another call: before a rank turns to something
  /// else, such as waiting for the others through MPI.
  virtual void flush() {}
  /// As PointToPoint has them. Messages are cut over the rails as rail_part() says.
  [[nodiscard]] virtual std::vector<std::string> nics() const { return {}; }
  [[nodiscard]] virtual std::size_t rails() const { return 1; }
  [[nodiscard]] virtual std::string why_no_loopback() const = 0;
  /// What this rank can tell of the library's set-up once it has measured: rows of checks.<backend>.<tool>.csv.
  [[nodiscard]] virtual std::vector<core::CheckRow> checks() const { return {}; }
};

}  // namespace plumb::bench
