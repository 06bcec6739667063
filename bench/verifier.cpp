#include "bench/verifier.h"

#include <fmt/format.h>

#include "bench/pattern.h"

namespace plumb::bench {
namespace {

Pattern pattern_of(const ExpectedPiece& piece, const Case& one, std::uint64_t seed) {
  return piece.source == kReduced ? Pattern::reduced(one.type, one.op, seed, one.ranks)
                                  : Pattern::of_rank(one.type, one.op, seed, piece.source, one.ranks);
}

std::string describe(const ExpectedPiece& piece, const Pattern::Mismatch& mismatch, int rank) {
  const std::string from = piece.source == kReduced ? "of the reduction" : fmt::format("from rank {}", piece.source);
  return fmt::format("rank {} (host {}): element {} {} is {}, expected {}", rank, host_name(),
                     piece.offset + mismatch.first_offset, from, mismatch.found, mismatch.expected);
}

}  // namespace

Verification verify(Operation& operation, const Case& one, const Ranks& ranks, std::uint64_t seed,
                    const PlantedError& planted) {
  const Memory& memory = operation.memory();
  memory.set(operation.receive_buffer(), std::byte{0xa5});
  memory.fill(operation.send_buffer(), Pattern::of_rank(one.type, one.op, seed, ranks.rank(), one.ranks), 0);
  operation.run();
  const auto result = operation.receive_buffer();
  const std::size_t size = size_of(one.type);
  if (planted.rank == ranks.rank() && static_cast<std::size_t>(planted.element + 1) * size <= result.size()) {
    memory.flip_bit(&result[static_cast<std::size_t>(planted.element) * size]);
  }
  Verification verification{.checked = true};
  for (const auto& piece : one.collective->expected(one.count, ranks.rank(), one.ranks, one.root)) {
    const auto part =
        result.subspan(static_cast<std::size_t>(piece.offset) * size, static_cast<std::size_t>(piece.count) * size);
    const auto mismatch = memory.compare(part, pattern_of(piece, one, seed), piece.first);
    if (mismatch.wrong > 0 && verification.wrong == 0) {
      verification.first_wrong = describe(piece, mismatch, ranks.rank());
    }
    verification.wrong += mismatch.wrong;
  }
  const std::int64_t own_wrong = verification.wrong;
  verification.wrong = ranks.sum(own_wrong);
  if (verification.wrong > 0) {  // the lowest rank with a wrong element speaks
    double first = own_wrong > 0 ? ranks.rank() : ranks.size();
    ranks.min_in_place({&first, 1});
    verification.first_wrong = ranks.broadcast(verification.first_wrong, static_cast<int>(first));
  }
  return verification;
}

}  // namespace plumb::bench
