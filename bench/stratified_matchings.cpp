#include "bench/stratified_matchings.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace plumb::bench {
namespace {

using Members = std::vector<int>;

constexpr int kDraws = 8;  // rounds drawn to find one that repeats little

enum class Distance : std::uint8_t { other_pod, other_leaf, own_leaf };

class Matcher {
 public:
  Matcher(const Members& members, const std::vector<PairPlace>& places, std::mt19937_64& random)
      : members_(members), places_(places), random_(random) {
    std::set<std::uint32_t> pods, leaves;
    for (const auto m : members) {
      pods.insert(place(m).pod);
      leaves.insert(place(m).leaf);
    }
    has_pods_ = pods.size() > 1;
    has_leaves_ = leaves.size() > pods.size();
  }

  PairRound round(int number) {
    PairRound best;
    std::size_t best_repeats = members_.size() + 2;
    int best_bye = -1;
    for (int draw = 0; draw < kDraws && best_repeats > 0; ++draw) {
      auto [round, bye] = draw_round(distance_of(number));
      auto repeats = static_cast<std::size_t>(
          std::ranges::count_if(round, [&](const RankPair& pair) { return met_.contains(pair); }));
      repeats += bye >= 0 && had_bye_.contains(bye) ? 1 : 0;
      if (repeats < best_repeats) {
        best_repeats = repeats;
        best = std::move(round);
        best_bye = bye;
      }
    }
    met_.insert(best.begin(), best.end());
    had_bye_.insert(best_bye);
    std::ranges::sort(best);
    return best;
  }

 private:
  struct Drawn {
    PairRound round;
    int bye = -1;
  };

  [[nodiscard]] const PairPlace& place(int member) const { return places_[static_cast<std::size_t>(member)]; }

  [[nodiscard]] Distance distance_of(int number) const {
    constexpr std::array kFirst{Distance::other_pod, Distance::other_leaf, Distance::own_leaf};
    const auto wanted = number < std::ssize(kFirst) ? kFirst[static_cast<std::size_t>(number)]
                        : number % 2 == 1           ? Distance::other_pod
                                                    : Distance::other_leaf;
    if (!has_pods_ && !has_leaves_) {
      return Distance::own_leaf;
    }
    return wanted == Distance::other_pod && !has_pods_      ? Distance::other_leaf
           : wanted == Distance::other_leaf && !has_leaves_ ? Distance::other_pod
                                                            : wanted;
  }

  Drawn draw_round(Distance distance) {
    Drawn drawn;
    Members left;
    if (distance == Distance::other_pod) {
      left = members_;
    } else {
      for (auto& group :
           groups_by([&](int m) { return distance == Distance::own_leaf ? place(m).leaf : place(m).pod; })) {
        distance == Distance::own_leaf ? pair_any(group, drawn.round, left)
                                       : pair_across_leaves(group, drawn.round, left);
      }
    }
    pair_far(left, has_pods_, drawn);
    return drawn;
  }

  template <class KeyOf>
  std::vector<Members> groups_by(KeyOf&& key_of) {
    std::map<std::uint32_t, Members> groups;
    for (const auto m : members_) {
      groups[key_of(m)].push_back(m);
    }
    std::vector<Members> list;
    for (auto& [key, group] : groups) {
      list.push_back(std::move(group));
    }
    return list;
  }

  static void meet(int a, int b, PairRound& round) { round.push_back({std::min(a, b), std::max(a, b)}); }

  void pair_any(Members& group, PairRound& round, Members& left) {
    shuffle(group, random_);
    for (std::size_t i = 0; i + 1 < group.size(); i += 2) {
      meet(group[i], group[i + 1], round);
    }
    if (group.size() % 2 == 1) {
      left.push_back(group.back());
    }
  }

  void pair_across_leaves(Members& group, PairRound& round, Members& left) {
    Drawn drawn;
    pair_far(group, false, drawn);
    round.insert(round.end(), drawn.round.begin(), drawn.round.end());
    if (drawn.bye >= 0) {
      left.push_back(drawn.bye);
    }
  }

  /// Side by side by group (pod, else leaf), each with the one half of all further on: they are of other groups unless
  /// one group has more than half of all.
  void pair_far(Members& group, bool by_pod, Drawn& drawn) {
    shuffle(group, random_);
    std::map<std::uint32_t, std::size_t> turn;  // of each group, in the random order in which it is met first
    const auto key_of = [&](int m) { return by_pod ? place(m).pod : place(m).leaf; };
    for (const auto m : group) {
      turn.emplace(key_of(m), turn.size());
    }
    std::ranges::stable_sort(group, {}, [&](int m) { return turn.at(key_of(m)); });
    if (group.size() % 2 == 1) {
      drawn.bye = group.back();
      group.pop_back();
    }
    const std::size_t half = group.size() / 2;
    for (std::size_t i = 0; i < half; ++i) {
      meet(group[i], group[i + half], drawn.round);
    }
  }

  const Members& members_;
  const std::vector<PairPlace>& places_;
  std::mt19937_64& random_;
  bool has_pods_ = false, has_leaves_ = false;
  std::set<RankPair> met_;
  std::set<int> had_bye_;
};

}  // namespace

void shuffle(std::vector<int>& members, std::mt19937_64& random) {
  for (std::size_t i = members.size(); i > 1; --i) {
    std::swap(members[i - 1], members[random() % i]);
  }
}

std::vector<PairRound> stratified_matchings(const std::vector<int>& members, const std::vector<PairPlace>& places,
                                            int count, std::mt19937_64& random) {
  Matcher matcher(members, places, random);
  std::vector<PairRound> rounds;
  for (int number = 0; number < count; ++number) {
    rounds.push_back(matcher.round(number));
  }
  return rounds;
}

}  // namespace plumb::bench
