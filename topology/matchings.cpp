#include "topology/matchings.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <set>

namespace plumb::topology {
namespace {

using Members = std::vector<int>;

constexpr int kDraws = 8;  // rounds drawn to find one that repeats little
constexpr std::size_t kFewest = 8, kTenth = 10;

enum class Distance : std::uint8_t { other_pod, other_leaf, own_leaf };

class Matcher {
 public:
  Matcher(const Members& members, const std::vector<EndPlace>& places, std::mt19937_64& random)
      : members_(members), places_(places), random_(random), met_(places.size()) {
    std::set<std::uint32_t> pods, leaves;
    for (const auto m : members) {
      pods.insert(place(m).pod);
      leaves.insert(place(m).leaf);
    }
    has_pods_ = pods.size() > 1;
    has_leaves_ = leaves.size() > pods.size();
    find_speeds();
  }

  Matching round(int number) {
    Matching best;
    std::size_t best_repeats = members_.size() + 2;
    int best_bye = -1;
    for (int draw = 0; draw < kDraws && best_repeats > 0; ++draw) {
      auto [round, bye] = draw_round(distance_of(number));
      auto repeats =
          static_cast<std::size_t>(std::ranges::count_if(round, [&](const EndPair& pair) { return have_met(pair); }));
      repeats += bye >= 0 && had_bye_.contains(bye) ? 1 : 0;
      if (repeats < best_repeats) {
        best_repeats = repeats;
        best = std::move(round);
        best_bye = bye;
      }
    }
    for (const auto& pair : best) {
      met_[static_cast<std::size_t>(pair.a)].push_back(pair.b);
    }
    had_bye_.insert(best_bye);
    std::ranges::sort(best);
    return best;
  }

 private:
  struct Drawn {
    Matching round;
    int bye = -1;
  };

  [[nodiscard]] const EndPlace& place(int member) const { return places_[static_cast<std::size_t>(member)]; }

  [[nodiscard]] bool have_met(const EndPair& pair) const {
    const auto& others = met_[static_cast<std::size_t>(pair.a)];
    return std::ranges::find(others, pair.b) != others.end();
  }

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
    Matching near;
    Members left;
    if (distance == Distance::other_pod) {
      left = members_;
    } else {
      for (auto& group :
           groups_by(members_, [&](int m) { return distance == Distance::own_leaf ? place(m).leaf : place(m).pod; })) {
        distance == Distance::own_leaf ? pair_any(group, near, left) : pair_across_leaves(group, near, left);
      }
    }
    auto drawn = pair_far(left, has_pods_);
    drawn.round.insert(drawn.round.end(), near.begin(), near.end());
    return drawn;
  }

  /// Numbers the line rates, the fastest first. What few have is no speed of its own: a cable that trained down needs
  /// partners of the rate that it ought to have.
  void find_speeds() {
    std::map<double, std::size_t, std::greater<>> rates;
    for (const auto m : members_) {
      ++rates[place(m).rate_Bps];
    }
    std::uint32_t speed = 0;
    std::size_t of_speed = 0;
    for (const auto& [rate, count] : rates) {
      if (of_speed >= kFewest && count >= kFewest && count * kTenth >= members_.size()) {
        ++speed;
        of_speed = 0;
      }
      speeds_[rate] = speed;
      of_speed += count;
    }
  }

  template <class KeyOf>
  static std::vector<Members> groups_by(const Members& members, KeyOf&& key_of) {
    std::map<std::uint32_t, Members> groups;
    for (const auto m : members) {
      groups[key_of(m)].push_back(m);
    }
    std::vector<Members> list;
    for (auto& [key, group] : groups) {
      list.push_back(std::move(group));
    }
    return list;
  }

  [[nodiscard]] std::vector<Members> by_speed(const Members& members) const {
    return groups_by(members, [&](int m) { return speeds_.at(place(m).rate_Bps); });
  }

  static EndPair pair_of(int a, int b) { return {std::min(a, b), std::max(a, b)}; }

  /// The odd one of each speed meets that of another; what is left then goes to `left`.
  void pair_any(const Members& group, Matching& round, Members& left) {
    Members odd;
    for (auto& equals : by_speed(group)) {
      shuffle(equals, random_);
      pair_in_turn(equals, round, odd);
    }
    pair_in_turn(odd, round, left);
  }

  static void pair_in_turn(const Members& members, Matching& round, Members& left) {
    for (std::size_t i = 0; i + 1 < members.size(); i += 2) {
      round.push_back(pair_of(members[i], members[i + 1]));
    }
    if (members.size() % 2 == 1) {
      left.push_back(members.back());
    }
  }

  void pair_across_leaves(const Members& group, Matching& round, Members& left) {
    const auto drawn = pair_far(group, false);
    round.insert(round.end(), drawn.round.begin(), drawn.round.end());
    if (drawn.bye >= 0) {
      left.push_back(drawn.bye);
    }
  }

  [[nodiscard]] std::uint32_t group_of(int member, bool by_pod) const {
    return by_pod ? place(member).pod : place(member).leaf;
  }

  /// Pairs of one speed and of different groups (pods, else leaves), as far as both can be had; the distance goes
  /// before the speed.
  Drawn pair_far(const Members& members, bool by_pod) {
    Drawn drawn;
    Members apart;  // without an equal that far off
    for (auto& equals : by_speed(members)) {
      Matching round;
      pair_halves(equals, by_pod, round, apart);
      for (const auto& pair : round) {
        if (group_of(pair.a, by_pod) != group_of(pair.b, by_pod)) {
          drawn.round.push_back(pair);
        } else {
          apart.insert(apart.end(), {pair.a, pair.b});
        }
      }
    }
    Members bye;
    pair_halves(apart, by_pod, drawn.round, bye);
    drawn.bye = bye.empty() ? -1 : bye.front();
    exchange_partners(by_pod, drawn.round);
    return drawn;
  }

  /// Side by side by group, each with the one half of all further on: they are of other groups unless one group has
  /// more than half of all.
  void pair_halves(Members& members, bool by_pod, Matching& round, Members& left) {
    shuffle(members, random_);
    put_side_by_side(members, by_pod);
    if (members.size() % 2 == 1) {
      left.push_back(members.back());
      members.pop_back();
    }
    const std::size_t half = members.size() / 2;
    for (std::size_t i = 0; i < half; ++i) {
      round.push_back(pair_of(members[i], members[i + half]));
    }
  }

  /// Group by group, in the order in which each is met first; within a group as they are. Counted, not compared: this
  /// is what long schedules of large fabrics wait for.
  void put_side_by_side(Members& members, bool by_pod) const {
    std::map<std::uint32_t, std::size_t> turns;  // by group
    std::vector<std::size_t> turn_of, first{0};  // by place in members, by turn
    for (const auto m : members) {
      const auto [turn, is_new] = turns.emplace(group_of(m, by_pod), turns.size());
      turn_of.push_back(turn->second);
      first.resize(turns.size() + 1);
      ++first[turn->second + 1];
    }
    std::partial_sum(first.begin(), first.end(), first.begin());
    Members sorted(members.size());
    for (std::size_t i = 0; i < members.size(); ++i) {
      sorted[first[turn_of[i]]++] = members[i];
    }
    members = std::move(sorted);
  }

  /// Of each pair within one group, both get partners of a pair that has nobody of that group.
  void exchange_partners(bool by_pod, Matching& round) const {
    std::map<std::uint32_t, std::size_t> looked;  // by group: how far; a pair that has one of it keeps one
    for (std::size_t i = 0; i < round.size(); ++i) {
      const auto group = group_of(round[i].a, by_pod);
      if (group != group_of(round[i].b, by_pod)) {
        continue;
      }
      auto& k = looked[group];
      while (k < round.size() && (group_of(round[k].a, by_pod) == group || group_of(round[k].b, by_pod) == group)) {
        ++k;
      }
      if (k < round.size()) {
        const auto near = round[i], other = round[k];
        round[i] = pair_of(near.a, other.a);
        round[k] = pair_of(near.b, other.b);
      }
    }
  }

  const Members& members_;
  const std::vector<EndPlace>& places_;
  std::mt19937_64& random_;
  bool has_pods_ = false, has_leaves_ = false;
  std::map<double, std::uint32_t> speeds_;  // by line rate
  std::vector<Members> met_;                // by the lower end of a pair: the others
  std::set<int> had_bye_;
};

}  // namespace

void shuffle(std::vector<int>& members, std::mt19937_64& random) {
  for (std::size_t i = members.size(); i > 1; --i) {
    std::swap(members[i - 1], members[random() % i]);
  }
}

std::vector<Matching> stratified_matchings(const std::vector<int>& members, const std::vector<EndPlace>& places,
                                           int count, std::mt19937_64& random) {
  Matcher matcher(members, places, random);
  std::vector<Matching> rounds;
  for (int number = 0; number < count; ++number) {
    rounds.push_back(matcher.round(number));
  }
  return rounds;
}

}  // namespace plumb::topology
