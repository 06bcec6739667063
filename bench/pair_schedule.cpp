#include "bench/pair_schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <sstream>

#include "bench/stratified_matchings.h"
#include "core/csv_reader.h"
#include "core/error.h"

namespace plumb::bench {
namespace {

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

/// Circle method: the first stays, the others turn; a bye (-1) fills an odd group.
std::vector<PairRound> round_robin(Members members) {
  if (members.size() % 2 == 1) {
    members.push_back(-1);
  }
  std::vector<PairRound> rounds;
  for (std::size_t turn = 0; turn + 1 < members.size(); ++turn) {
    PairRound round;
    for (std::size_t i = 0; i < members.size() / 2; ++i) {
      const int a = members[i], b = members[members.size() - 1 - i];
      if (a >= 0 && b >= 0) {
        round.push_back(pair_of(a, b));
      }
    }
    rounds.push_back(std::move(round));
    std::rotate(members.begin() + 1, members.end() - 1, members.end());
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

/// Side by side within a leaf, where the map tells it.
std::vector<PairRound> neighbours(Members members, const std::vector<PairPlace>& places) {
  if (!places.empty()) {
    std::ranges::stable_sort(members, {}, [&](int m) { return places[static_cast<std::size_t>(m)].leaf; });
  }
  return {consecutive_pairs(members)};
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
      "--schedule {}: write round-robin, matchings:K, ring, neighbours, bisection, all-rails[:K] or file:retest.csv",
      text));
}

/// Reads rounds by endpoint id; both directions of a pair are one pair.
class RoundsFile {
 public:
  RoundsFile(std::filesystem::path path, const std::vector<std::string>& endpoints) : path_(std::move(path)) {
    for (std::size_t rank = 0; rank < endpoints.size(); ++rank) {
      ranks_.emplace(endpoints[rank], static_cast<int>(rank));
    }
  }

  std::vector<PairRound> read() {
    std::map<core::Integer, std::set<RankPair>> rounds;
    core::for_each_row<core::RetestRow>(path_, core::TruncatedTail::refuse,
                                        [&](const core::RetestRow& row, unsigned line) {
                                          const int a = rank_of(row.src, line);
                                          const int b = rank_of(row.dst, line);
                                          add(rounds[row.round], a, b, line);
                                        });
    std::vector<PairRound> result;
    for (const auto& [number, pairs] : rounds) {
      result.emplace_back(pairs.begin(), pairs.end());
    }
    return result;
  }

 private:
  int rank_of(const std::string& id, unsigned line) const {
    const auto found = ranks_.find(id);
    if (found == ranks_.end()) {
      throw core::Error(
          fmt::format("{}:{}: '{}' is not an endpoint of this job; start a rank there (its endpoints are {} … {})",
                      path_.string(), line, id, ranks_.begin()->first, ranks_.rbegin()->first));
    }
    return found->second;
  }

  void add(std::set<RankPair>& round, int a, int b, unsigned line) const {
    const RankPair pair = pair_of(a, b);
    const bool shares = std::any_of(round.begin(), round.end(), [&](const RankPair& other) {
      return other != pair && (other.a == a || other.a == b || other.b == a || other.b == b);
    });
    if (a == b || shares) {
      throw core::Error(fmt::format("{}:{}: {}; put it into another round", path_.string(), line,
                                    a == b ? "an endpoint is paired with itself" : "an endpoint is in two pairs"));
    }
    round.insert(pair);
  }

  std::filesystem::path path_;
  std::map<std::string, int> ranks_;
};

/// Round r of every group at the same time.
std::vector<PairRound> side_by_side(const std::vector<std::vector<PairRound>>& groups) {
  std::vector<PairRound> rounds;
  for (const auto& group : groups) {
    rounds.resize(std::max(rounds.size(), group.size()));
    for (std::size_t i = 0; i < group.size(); ++i) {
      rounds[i].insert(rounds[i].end(), group[i].begin(), group[i].end());
    }
  }
  return rounds;
}

}  // namespace

std::int64_t PairSchedule::pairs() const {
  return std::accumulate(rounds.begin(), rounds.end(), std::int64_t{0},
                         [](std::int64_t sum, const PairRound& round) { return sum + std::ssize(round); });
}

PairSchedule make_pair_schedule(const std::string& text, const std::vector<core::RankRow>& ranks, std::uint64_t seed,
                                const std::vector<PairPlace>& places) {
  if (ranks.size() < 2) {
    throw core::UsageError("pairs need at least two ranks: start this program with mpirun -np 2 or srun -n 2");
  }
  const auto colon = text.find(':');
  PairSchedule schedule{.name = text.substr(0, colon)};
  const std::string argument = colon == std::string::npos ? "" : text.substr(colon + 1);
  std::vector<std::vector<PairRound>> groups;
  for (const auto& members : rails_of(ranks)) {
    // Rails measured together must join the same hosts; others had better not.
    std::mt19937_64 random(schedule.name == "all-rails" ? seed : seed + groups.size());
    auto rounds = rounds_of_group(text, schedule.name, argument, members, places, random);
    groups.push_back(members.size() < 2 ? std::vector<PairRound>{} : std::move(rounds));
  }
  if (schedule.name == "all-rails") {
    schedule.rounds = side_by_side(groups);
  } else {
    for (auto& group : groups) {
      std::move(group.begin(), group.end(), std::back_inserter(schedule.rounds));
    }
  }
  std::erase_if(schedule.rounds, [](const PairRound& round) { return round.empty(); });
  return schedule;
}

PairSchedule read_pair_schedule(const std::filesystem::path& file, const std::vector<std::string>& endpoints) {
  return {"file", RoundsFile(file, endpoints).read()};
}

std::string encode(const std::vector<PairRound>& rounds) {
  std::string text;
  for (const auto& round : rounds) {
    for (const auto& pair : round) {
      text += fmt::format("{} {} ", pair.a, pair.b);
    }
    text += "\n";
  }
  return text;
}

std::vector<PairRound> decode(const std::string& text) {
  std::vector<PairRound> rounds;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream numbers(line);
    auto& round = rounds.emplace_back();
    for (RankPair pair; numbers >> pair.a >> pair.b;) {
      round.push_back(pair);
    }
  }
  return rounds;
}

}  // namespace plumb::bench
