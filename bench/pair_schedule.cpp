#include "bench/pair_schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <numeric>
#include <random>
#include <ranges>
#include <set>

#include "core/error.h"
#include "core/round_robin.h"
#include "topology/matchings.h"

namespace plumb::bench {
namespace {

using topology::shuffle;
using topology::stratified_matchings;

constexpr int kDraws = 40;  // matchings drawn to find one that repeats little

using Members = std::vector<int>;  // ranks

/// One group a rail, or one of all ranks when there is a single host.
std::vector<Members> rails_of(const std::vector<core::RankRow>& ranks) {
  std::set<std::string> hosts;
  std::map<core::Integer, Members> rails;
  for (const auto& row : ranks) {
    hosts.insert(row.host);
    rails[row.local_rank].push_back(static_cast<int>(row.rank));
  }
  if (hosts.size() < 2) {
    Members everybody(ranks.size());
    std::iota(everybody.begin(), everybody.end(), 0);
    return {everybody};
  }
  std::vector<Members> groups;
  for (auto& [rail, members] : rails) {
    groups.push_back(std::move(members));
  }
  return groups;
}

RankPair pair_of(int a, int b) { return {std::min(a, b), std::max(a, b)}; }

std::vector<PairRound> round_robin(const Members& members) {
  std::vector<PairRound> rounds;
  for (const auto& pairs : core::round_robin(members)) {
    auto& round = rounds.emplace_back();
    for (const auto& [a, b] : pairs) {
      round.push_back({a, b});
    }
  }
  return rounds;
}

PairRound consecutive_pairs(const Members& members, std::size_t first = 0) {
  PairRound round;
  for (std::size_t i = first; i + 1 < members.size(); i += 2) {
    round.push_back(pair_of(members[i], members[i + 1]));
  }
  return round;
}

std::vector<PairRound> matchings(Members members, int count, std::mt19937_64& random) {
  std::vector<PairRound> rounds;
  std::set<RankPair> met;
  std::set<int> had_bye;
  for (int k = 0; k < count; ++k) {
    PairRound best;
    Members best_order;
    std::size_t best_repeats = members.size() + 2;
    for (int draw = 0; draw < kDraws && best_repeats > 0; ++draw) {
      shuffle(members, random);
      auto round = consecutive_pairs(members);
      auto repeats =
          static_cast<std::size_t>(std::count_if(round.begin(), round.end(), [&](auto p) { return met.contains(p); }));
      repeats += members.size() % 2 == 1 && had_bye.contains(members.back()) ? 1 : 0;
      if (repeats < best_repeats) {
        best_repeats = repeats;
        best = std::move(round);
        best_order = members;
      }
    }
    met.insert(best.begin(), best.end());
    if (members.size() % 2 == 1) {
      had_bye.insert(best_order.back());
    }
    std::sort(best.begin(), best.end());
    rounds.push_back(std::move(best));
  }
  return rounds;
}

std::vector<PairRound> ring(const Members& members) {
  if (members.size() == 2) {
    return {consecutive_pairs(members)};
  }
  std::vector<PairRound> rounds = {consecutive_pairs(members), consecutive_pairs(members, 1)};
  const RankPair closing = pair_of(members.front(), members.back());
  if (members.size() % 2 == 0) {
    rounds[1].push_back(closing);
  } else {
    rounds.push_back({closing});
  }
  return rounds;
}

/// With a map, the halves are those of the fabric: pods, or leaves, side by side.
std::vector<PairRound> bisection(Members members, const std::vector<PairPlace>& places) {
  PairRound round;
  if (!places.empty()) {
    std::ranges::stable_sort(members, {}, [&](int m) {
      const auto& place = places[static_cast<std::size_t>(m)];
      return std::pair(place.pod, place.leaf);
    });
  }
  const std::size_t half = members.size() / 2;
  for (std::size_t i = 0; i < half; ++i) {
    round.push_back(pair_of(members[i], members[i + half]));
  }
  return {round};
}

/// Side by side, within a leaf where the map tells it: of an odd number there, the last has a bye.
std::vector<PairRound> neighbours(Members members, const std::vector<PairPlace>& places) {
  if (places.empty()) {
    return {consecutive_pairs(members)};
  }
  const auto leaf = [&](int m) { return places[static_cast<std::size_t>(m)].leaf; };
  std::ranges::stable_sort(members, {}, leaf);
  PairRound round;
  for (std::size_t i = 0; i + 1 < members.size(); ++i) {
    if (leaf(members[i]) == leaf(members[i + 1])) {
      round.push_back(pair_of(members[i], members[i + 1]));
      ++i;
    }
  }
  return {round};
}

/// K of "matchings:K"; throws UsageError.
int count_of(const std::string& text, const std::string& digits) {
  int count = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (error != std::errc{} || end != digits.data() + digits.size() || count < 1 || count > 100'000) {
    throw core::UsageError(fmt::format("--schedule {}: give a number of rounds, such as matchings:4", text));
  }
  return count;
}

std::vector<PairRound> rounds_of_group(const std::string& text, const std::string& kind, const std::string& argument,
                                       const Members& members, const std::vector<PairPlace>& places,
                                       std::mt19937_64& random) {
  if (kind == "matchings" || kind == "all-rails") {
    const int count = argument.empty() ? 1 : count_of(text, argument);
    return places.empty() ? matchings(members, count, random) : stratified_matchings(members, places, count, random);
  }
  if (kind == "round-robin" && argument.empty()) {
    return round_robin(members);
  }
  if (kind == "ring" && argument.empty()) {
    return ring(members);
  }
  if (kind == "neighbours" && argument.empty()) {
    return neighbours(members, places);
  }
  if (kind == "bisection" && argument.empty()) {
    return bisection(members, places);
  }
  throw core::UsageError(fmt::format(
      "--schedule {}: write round-robin, matchings:K, ring, neighbours, bisection, all-rails[:K], loopback or "
      "file:retest.csv",
      text));
}

/// NICs of one host share its memory and PCIe switches, so they take turns.
std::vector<PairRound> loopback(const std::vector<core::RankRow>& ranks) {
  std::map<core::Integer, PairRound> rounds;  // by local number
  for (const auto& row : ranks) {
    const auto self = static_cast<int>(row.rank);
    rounds[row.local_rank].push_back({self, self});
  }
  std::vector<PairRound> in_order;
  std::ranges::move(std::views::values(rounds), std::back_inserter(in_order));
  return in_order;
}

/// One rank a host, for what joins hosts.
Members first_ranks(const std::vector<core::RankRow>& ranks) {
  std::map<std::string_view, std::pair<core::Integer, int>> first;  // by host: local number, rank
  for (const auto& row : ranks) {
    const std::pair candidate(row.local_rank, static_cast<int>(row.rank));
    const auto [found, is_new] = first.try_emplace(row.host, candidate);
    found->second = std::min(found->second, candidate);
  }
  Members members;
  for (const auto& [host, place] : first) {
    members.push_back(place.second);
  }
  std::ranges::sort(members);
  return members;
}

/// Pairs of hosts as pairs of all rails that both have.
std::vector<PairRound> on_all_rails(const std::vector<PairRound>& rounds, const std::vector<core::RankRow>& ranks) {
  std::map<std::string_view, std::map<core::Integer, int>> rails;  // by host: ranks by local number
  for (const auto& row : ranks) {
    rails[row.host][row.local_rank] = static_cast<int>(row.rank);
  }
  const auto rails_at = [&](int rank) -> const auto& { return rails.at(ranks[static_cast<std::size_t>(rank)].host); };
  std::vector<PairRound> wide(rounds.size());
  for (std::size_t r = 0; r < rounds.size(); ++r) {
    for (const auto& pair : rounds[r]) {
      const auto& there = rails_at(pair.b);
      for (const auto& [rail, rank] : rails_at(pair.a)) {
        if (const auto other = there.find(rail); other != there.end()) {
          wide[r].push_back(pair_of(rank, other->second));
        }
      }
    }
    std::ranges::sort(wide[r]);
  }
  return wide;
}

}  // namespace

std::int64_t PairSchedule::pairs() const {
  return std::accumulate(rounds.begin(), rounds.end(), std::int64_t{0},
                         [](std::int64_t sum, const PairRound& round) { return sum + std::ssize(round); });
}

PairSchedule make_pair_schedule(const std::string& text, const std::vector<core::RankRow>& ranks, std::uint64_t seed,
                                const std::vector<PairPlace>& places) {
  if (text == kLoopback) {
    return {std::string(kLoopback), loopback(ranks)};
  }
  if (ranks.size() < 2) {
    throw core::UsageError("pairs need at least two ranks: start this program with mpirun -np 2 or srun -n 2");
  }
  const auto colon = text.find(':');
  PairSchedule schedule{.name = text.substr(0, colon)};
  const std::string argument = colon == std::string::npos ? "" : text.substr(colon + 1);
  const bool at_once = schedule.name == "all-rails" || schedule.name == "bisection";
  const auto hosts = first_ranks(ranks);
  const auto groups = at_once && hosts.size() > 1 ? std::vector<Members>{hosts} : rails_of(ranks);
  for (std::size_t rail = 0; rail < groups.size(); ++rail) {
    std::mt19937_64 random(seed + rail);  // rails that take turns had better not join the same hosts
    auto rounds = rounds_of_group(text, schedule.name, argument, groups[rail], places, random);
    if (groups[rail].size() > 1) {
      std::ranges::move(rounds, std::back_inserter(schedule.rounds));
    }
  }
  if (at_once && hosts.size() > 1) {
    schedule.rounds = on_all_rails(schedule.rounds, ranks);
  }
  std::erase_if(schedule.rounds, [](const PairRound& round) { return round.empty(); });
  return schedule;
}

}  // namespace plumb::bench
