// The ranks of a job as ends of messages: what the algorithms over a transport are written in.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "bench/transport.h"

namespace plumb::bench {

/// The `bytes` of `whole` from `offset` on.
Slice part(const Slice& whole, std::size_t offset, std::size_t bytes);
/// Part `index` of `whole` when it is cut into `parts` as equal as elements of `element` bytes allow.
Slice share(const Slice& whole, std::size_t index, std::size_t parts, std::size_t element);
/// All shares, in order.
std::vector<Slice> shares(const Slice& whole, std::size_t parts, std::size_t element);
std::span<std::byte> memory_of(const Slice& slice);
void copy(const Slice& from, const Slice& to);

/// This rank among `ranks`.
struct Points {
  Transport& transport;
  int rank = 0, ranks = 1;

  /// The rank that many places after this one, round the ring; before it when negative.
  [[nodiscard]] int after(int distance) const { return ((rank + distance) % ranks + ranks) % ranks; }
  /// Called by all ranks; who names a peer is named by it. Repetitions and this rank itself are left out.
  void connect(std::vector<int> peers) const;

  void receive(int from, const Slice& into) const;
  void send(int to, const Slice& from) const;
  void exchange(int peer, const Slice& from, const Slice& into) const;
};

}  // namespace plumb::bench
