#include "topology/cable_match.h"

#include <algorithm>
#include <bit>
#include <tuple>

namespace plumb::topology {
namespace {

/// What of a cable two sides can compare, and which cable it is.
using JoinKey = std::tuple<Part, Port, Part, Port>;
using Keyed = std::pair<JoinKey, std::uint32_t>;

constexpr unsigned kPortMasks = 4;  // bit 0: the port of the first end is known; bit 1: of the second

unsigned mask_of(const Cable& cable) {
  return (cable.ends[0].port != kAnyPort ? 1U : 0U) | (cable.ends[1].port != kAnyPort ? 2U : 0U);
}

/// Those left whose known ports are exactly those of `mask`, by what `common` lets compare.
std::vector<Keyed> keyed(const std::vector<Cable>& cables, const std::vector<bool>& taken, unsigned mask,
                         unsigned common) {
  std::vector<Keyed> list;
  for (std::uint32_t i = 0; i < cables.size(); ++i) {
    const auto& [a, b] = cables[i].ends;
    if (!taken[i] && mask_of(cables[i]) == mask) {
      list.push_back(
          {{a.part, (common & 1U) != 0 ? a.port : kAnyPort, b.part, (common & 2U) != 0 ? b.port : kAnyPort}, i});
    }
  }
  std::ranges::sort(list);
  return list;
}

/// What both sides know of the ports, the most first.
std::vector<std::pair<unsigned, unsigned>> mask_pairs() {
  std::vector<std::pair<unsigned, unsigned>> pairs;
  for (unsigned planned = 0; planned < kPortMasks; ++planned) {
    for (unsigned found = 0; found < kPortMasks; ++found) {
      pairs.emplace_back(planned, found);
    }
  }
  std::ranges::stable_sort(pairs, std::greater(), [](const auto& pair) {
    return std::pair(std::popcount(pair.first & pair.second), std::popcount(pair.first | pair.second));
  });
  return pairs;
}

std::vector<std::uint32_t> not_in(const std::vector<bool>& taken) {
  std::vector<std::uint32_t> left;
  for (std::uint32_t i = 0; i < taken.size(); ++i) {
    if (!taken[i]) {
      left.push_back(i);
    }
  }
  return left;
}

}  // namespace

CableMatch match_cables(const Cabling& cabling) {
  CableMatch match;
  std::vector<bool> planned_taken(cabling.planned().size()), found_taken(cabling.found().size());
  for (const auto& [planned_mask, found_mask] : mask_pairs()) {
    const auto common = planned_mask & found_mask;
    const auto planned = keyed(cabling.planned(), planned_taken, planned_mask, common);
    const auto found = planned.empty() ? planned : keyed(cabling.found(), found_taken, found_mask, common);
    for (std::size_t p = 0, f = 0; p < planned.size() && f < found.size();) {
      if (planned[p].first == found[f].first) {
        match.right.emplace_back(planned[p].second, found[f].second);
        planned_taken[planned[p++].second] = found_taken[found[f++].second] = true;
      } else {
        planned[p].first < found[f].first ? ++p : ++f;
      }
    }
  }
  match.planned_left = not_in(planned_taken);
  match.found_left = not_in(found_taken);
  return match;
}

}  // namespace plumb::topology
