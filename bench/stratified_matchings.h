// Random matchings that cross every tier of the fabric.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "bench/pair_places.h"
#include "bench/pair_schedule.h"

namespace plumb::bench {

/// `count` rounds in which each member has one partner, an odd one out a bye, in turn: one in another pod, one on
/// another leaf of its pod, one on its own leaf, then other pods and leaves by turns. What a fabric does not have
/// (pods, several leaves) makes way for the next nearer. A member without such a partner (a leaf with an odd number)
/// gets one farther off. At that distance a partner of the same line rate is chosen where there is one, since a slower
/// one hides what slows the faster. A rate that fewer than a tenth of the members have, or fewer than eight, goes with
/// the next faster one. No pair meets twice while that can be had. `places` is by rank.
std::vector<PairRound> stratified_matchings(const std::vector<int>& members, const std::vector<PairPlace>& places,
                                            int count, std::mt19937_64& random);

/// Fisher-Yates with our own draw: std::shuffle differs between standard libraries.
void shuffle(std::vector<int>& members, std::mt19937_64& random);

}  // namespace plumb::bench
