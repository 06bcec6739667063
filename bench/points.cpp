#include "bench/points.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace plumb::bench {

Slice part(const Slice& whole, std::size_t offset, std::size_t bytes) {
  return {whole.region, whole.offset + offset, bytes};
}

Slice share(const Slice& whole, std::size_t index, std::size_t parts, std::size_t element) {
  const std::size_t elements = whole.bytes / element;
  const std::size_t first = elements * index / parts * element, last = elements * (index + 1) / parts * element;
  return part(whole, first, last - first);
}

std::vector<Slice> shares(const Slice& whole, std::size_t parts, std::size_t element) {
  std::vector<Slice> all;
  for (std::size_t i = 0; i < parts; ++i) {
    all.push_back(share(whole, i, parts, element));
  }
  return all;
}

std::span<std::byte> memory_of(const Slice& slice) { return slice.region->bytes().subspan(slice.offset, slice.bytes); }

void copy(const Slice& from, const Slice& to) { std::memcpy(memory_of(to).data(), memory_of(from).data(), from.bytes); }

/// In the order of rank + peer, both ends of a pair meet in the same round, and nobody waits in a circle.
void Points::connect(std::vector<int> peers) const {
  std::ranges::sort(peers, {}, [&](int peer) { return (rank + peer) % ranks; });
  const auto repeated = std::ranges::unique(peers);
  peers.erase(repeated.begin(), repeated.end());
  for (const int peer : peers) {
    if (peer != rank) {
      transport.connect(peer);
    }
  }
}

void Points::receive(int from, const Slice& into) const {
  transport.complete(std::array{transport.start_receive(from, into)});
}

void Points::send(int to, const Slice& from) const { transport.complete(std::array{transport.start_send(to, from)}); }

void Points::exchange(int peer, const Slice& from, const Slice& into) const {
  const auto receive = transport.start_receive(peer, into);
  transport.complete(std::array{receive, transport.start_send(peer, from)});
}

}  // namespace plumb::bench
