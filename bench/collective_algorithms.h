// The collectives over points, an algorithm a file. All are called by all ranks with the same case; each allocates its
// memory and connects its peers, and throws core::Error or std::bad_alloc when that fails.
#pragma once

#include <memory>

#include "bench/backend.h"
#include "bench/points.h"

namespace plumb::bench {

/// A ring is used from this many bytes a rank on; below, fewer and longer messages are faster.
inline constexpr std::int64_t kRingBytesPerRank = 8 << 10;
/// A chain is used from this many bytes a rank on; below, a binomial tree.
inline constexpr std::int64_t kChainBytesPerRank = 128 << 10;

/// Large: ring reduce-scatter, then ring all-gather.
std::unique_ptr<Operation> make_ring_all_reduce(const Points& points, const Case& one);
/// Small, any number of ranks: those beyond a power of two are folded in before and served afterwards.
std::unique_ptr<Operation> make_recursive_doubling(const Points& points, const Case& one);
/// All-to-all: rank k before and rank k behind at once, k = 1, 2, …
std::unique_ptr<Operation> make_pairwise_exchange(const Points& points, const Case& one);
std::unique_ptr<Operation> make_ring_all_gather(const Points& points, const Case& one);
std::unique_ptr<Operation> make_ring_reduce_scatter(const Points& points, const Case& one);
/// Broadcast and reduce: in pieces along a binomial tree, or a chain.
std::unique_ptr<Operation> make_tree_broadcast(const Points& points, const Case& one);
std::unique_ptr<Operation> make_tree_reduce(const Points& points, const Case& one);
/// Send-receive: to the next rank, from the one before.
std::unique_ptr<Operation> make_ring_shift(const Points& points, const Case& one);

}  // namespace plumb::bench
