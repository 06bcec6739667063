// Which pairs are measured together, round by round. Pure: the same arguments give the same rounds on every rank.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "bench/pair_places.h"
#include "core/rows.h"
#include "topology/matchings.h"

namespace plumb::bench {

/// Ranks, and pairs that run at once; no rank is in two of them. A rank may be its own partner.
using RankPair = topology::EndPair;
using PairRound = topology::Matching;

struct PairSchedule {
  std::string name;  // as in the column `schedule` of pairs.csv
  std::vector<PairRound> rounds;
  [[nodiscard]] std::int64_t pairs() const;
};

/// Pairs stay within a rail (ranks of one local number) when there are several hosts, else they join any two ranks.
/// Rails take turns, but for all-rails and bisection, which join hosts, on every rail that both have.
///   round-robin   everybody meets everybody: n - 1 rounds, n when odd
///   matchings:K   K random perfect matchings, with as few repeated pairs as can be had
///   ring          each with the next: two rounds, three when odd
///   neighbours    ranks side by side in rank order: 0-1, 2-3, …
///   bisection     the first half with the second, all at once
///   all-rails:K   K random matchings of hosts, all rails of both hosts at once
///   loopback      each rank with itself, all hosts at once, the ranks of a host by turns
/// With `places` (by rank), matchings and all-rails cross every tier (topology/matchings.h), neighbours share a leaf,
/// and the halves of a bisection are those of the fabric.
/// An odd one out has a bye. Throws UsageError on an unknown schedule, or fewer than two ranks where pairs need them.
PairSchedule make_pair_schedule(const std::string& text, const std::vector<core::RankRow>& ranks, std::uint64_t seed,
                                const std::vector<PairPlace>& places = {});

inline constexpr std::string_view kLoopback = "loopback";

/// The pairs of a retest.csv, by endpoint id; both directions of a pair are one pair. `endpoints` are the ids of the
/// ranks, in rank order. Throws Error with file and line.
PairSchedule read_pair_schedule(const std::filesystem::path& file, const std::vector<std::string>& endpoints);

/// The rounds as text and back, to send them to other ranks.
std::string encode(const std::vector<PairRound>& rounds);
std::vector<PairRound> decode(const std::string& text);

}  // namespace plumb::bench
