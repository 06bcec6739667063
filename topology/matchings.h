// Random matchings that cross every tier of the fabric.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace plumb::topology {

/// Where an end sits. Numbers of a leaf switch and of a pod; equal ones are the same. Where a map tells no pods, all
/// are in one.
struct EndPlace {
  std::uint32_t leaf = 0, pod = 0;
  double rate_Bps = 0;  // line rate of the cable to the leaf; 0: not known
};

/// Of ends by number. An end may be its own partner.
struct EndPair {
  int a = 0, b = 0;
  [[nodiscard]] bool is_loopback() const { return a == b; }
  friend auto operator<=>(const EndPair&, const EndPair&) = default;
};

/// Pairs that run at once; no end is in two of them.
using Matching = std::vector<EndPair>;

/// `count` rounds in which each member has one partner, an odd one out a bye, in turn: one in another pod, one on
/// another leaf of its pod, one on its own leaf, then other pods and leaves by turns. What a fabric does not have
/// (pods, several leaves) makes way for the next nearer. A member without such a partner (a leaf with an odd number)
/// gets one farther off. At that distance a partner of the same line rate is chosen where there is one, since a slower
/// one hides what slows the faster. A rate that fewer than a tenth of the members have, or fewer than eight, goes with
/// the next faster one. No pair meets twice while that can be had. `places` is by number of the end.
std::vector<Matching> stratified_matchings(const std::vector<int>& members, const std::vector<EndPlace>& places,
                                           int count, std::mt19937_64& random);

/// Fisher-Yates with our own draw: std::shuffle differs between standard libraries.
void shuffle(std::vector<int>& members, std::mt19937_64& random);

}  // namespace plumb::topology
