#include "reports/localise.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <queue>

#include "core/power.h"
#include "core/statistics.h"
#include "reports/columns.h"
#include "reports/parallel.h"

namespace plumb::reports {
namespace {

using core::blame_threshold;
using core::kBothWays;
using core::kFalseBlames;

constexpr double kNever = -std::numeric_limits<double>::infinity();
const double kLeast = -std::log(kFalseBlames);  // log evidence that a blame needs in any case
constexpr double kIndistinct = 0.01;            // suspects below this posterior are not named
constexpr double kRival = 5;                    // log odds that a rival may be behind
constexpr double kPriors = 1.5;                 // log odds that kinds of parts differ by
const double kLeastOfRivals = kLeast - kRival - kPriors;
constexpr std::size_t kFewSigns = 2;  // a group with fewer slow measurements is no candidate
constexpr std::int8_t kHealthy = -1;

double log_prior_of(Direction direction) { return std::log(direction == Direction::both ? kBothWays : 0.25); }

bool covers(Direction hypothesis, Direction touch) {
  return hypothesis == Direction::both || touch == Direction::both || hypothesis == touch;
}

/// log(exp(a) + exp(b))
double log_sum(double a, double b) {
  const double more = std::max(a, b);
  return more == kNever ? kNever : more + std::log1p(std::exp(std::min(a, b) - more));
}

/// The log of a product: logs are dear, so one of many factors at a time.
class LogProduct {
 public:
  void add(double factor) {
    constexpr double kTiny = 1e-200;
    product_ *= factor;
    if (product_ < kTiny || product_ > 1 / kTiny) {
      sum_ += std::log(product_);
      product_ = 1;
    }
  }
  [[nodiscard]] double log() const { return sum_ + std::log(product_); }

 private:
  double product_ = 1, sum_ = 0;
};

/// What a slow part does to traffic that something else on the way keeps below the part's rate anyway: nothing until it
/// is slower than that, or, where what it slows is shared out, as much as to any other.
enum class Effect : std::uint8_t { beyond_headroom, on_all };

/// A group of parts at fault, perhaps in one direction only, and how badly.
struct Hypothesis {
  std::uint32_t group = 0;
  Direction direction = Direction::both;
  Effect effect = Effect::on_all;
  std::size_t level = 0;
  double log_evidence = kNever;  // averaged over directions, effects and levels
  double likeliest = kNever;     // the largest term of that average
};

/// By group: what is known of its parts beside the measurements.
struct Priors {
  std::vector<double> order;     // how much likelier than others to be the cause: decides who is asked first
  std::vector<double> evidence;  // mean over its parts of the odds that counters and checks give
};

Priors priors_of(const Incidence& incidence, const Columns& columns) {
  Priors priors;
  for (std::uint32_t g = 0; g < columns.groups(); ++g) {
    double prior = kNever, both = kNever;
    for (const auto part : columns.parts_of(g)) {
      prior = log_sum(prior, incidence.log_prior[part]);
      both = log_sum(both, incidence.log_prior[part] + static_cast<double>(incidence.evidence_of(part)));
    }
    priors.order.push_back(both);
    priors.evidence.push_back(both - prior);
  }
  return priors;
}

float middle_of(std::vector<float>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

template <class Model>
class Search {
 public:
  Search(const Incidence& incidence, const Signs& signs, const Columns& columns, Priors priors, const Model& model)
      : in_(incidence),
        signs_(signs),
        columns_(columns),
        priors_(std::move(priors)),
        model_(model),
        state_(incidence.measurements()),
        best_(columns.groups()) {
    in_parallel(state_.size(), [&](std::size_t first, std::size_t end) {
      for (auto m = first; m < end; ++m) {
        state_[m] = {static_cast<float>(model_.healthy(model_.of[m])), kHealthy, signs_.is_sign[m]};
      }
    });
  }

  Localisation run() {
    Localisation result;
    const double first = blame_threshold(columns_.groups());
    for (const bool thin : {false, true}) {
      look_at(thin);
      const double least = least_evidence(first, thin, result.blames.size());
      for (const auto turn : thin ? std::vector{Turn::pointed_at, Turn::thin} : std::vector{Turn::whole}) {
        blame_all(turn, least, result);
      }
    }
    keep_likeliest(first, result);
    for (std::uint32_t m = 0; m < in_.measurements(); ++m) {
      if (state_[m].is_sign && !state_[m].is_explained()) {
        result.unexplained.push_back(m);
      }
    }
    std::ranges::sort(result.unexplained);
    return result;
  }

 private:
  [[nodiscard]] bool is_thin(std::uint32_t group) const { return columns_.least_weight_of(group) < kThin; }
  [[nodiscard]] double score_of(const Hypothesis& h) const { return h.log_evidence + priors_.order[h.group]; }
  [[nodiscard]] double evidence_of(const Hypothesis& h) const { return h.log_evidence + priors_.evidence[h.group]; }

  /// Looks for the best hypothesis about each thin group, or each other one.
  void look_at(bool thin) {
    in_parallel(best_.size(), [&](std::size_t first, std::size_t end) {
      for (auto g = static_cast<std::uint32_t>(first); g < end; ++g) {
        best_[g] = is_thin(g) == thin ? best_hypothesis(g) : best_[g];
      }
    });
  }

  /// The k-th blame needs k times less than the first (e-BH): no more can follow than there are candidates.
  [[nodiscard]] double least_evidence(double first, bool thin, std::size_t blamed) const {
    const auto candidates = std::ranges::count_if(
        best_, [&](const Hypothesis& h) { return is_thin(h.group) == thin && evidence_of(h) >= kLeast; });
    return std::max(
        kLeast, first - std::log(std::max<double>(static_cast<double>(candidates) + static_cast<double>(blamed), 1)));
  }

  /// A thin group (one way of many) is asked last: it gathers a little from each slow end of its switch, and would
  /// outdo every single one of them. Before that, those which counters point at. By then most of that is explained, and
  /// it is soon told that the rest is too little.
  enum class Turn : std::uint8_t { whole, pointed_at, thin };

  void blame_all(Turn turn, double least, Localisation& result) {
    constexpr double kPointedAt = 2;  // log odds
    for (std::uint32_t g = 0; g < columns_.groups(); ++g) {
      const auto of_group = !is_thin(g)                         ? Turn::whole
                            : priors_.evidence[g] >= kPointedAt ? Turn::pointed_at
                                                                : Turn::thin;
      if (of_group == turn) {
        enqueue(best_[g], least);
      }
    }
    while (!queue_.empty()) {
      const auto [score, group] = queue_.top();
      queue_.pop();
      best_[group] = best_hypothesis(group);  // what was blamed since may explain it already
      if (score_of(best_[group]) < score) {
        enqueue(best_[group], least);
      } else {
        result.blames.push_back(accept(best_[group]));
      }
    }
  }

  void enqueue(const Hypothesis& h, double least) {
    if (evidence_of(h) >= least) {
      queue_.emplace(score_of(h), h.group);
    }
  }

  /// Of a measurement, under what is blamed so far.
  struct State {
    float likelihood = 0;
    std::int8_t value = kHealthy;  // worst level blamed on its way
    bool is_sign = false;
    [[nodiscard]] bool is_explained() const { return value != kHealthy; }
  };

  /// An entry, and what is known of its measurement as of now.
  struct Seen {
    Entry entry;
    State now;
    typename Model::Measured measured;
  };
  [[nodiscard]] Seen look_up(const Entry& e) const { return {e, state_[e.measurement], model_.of[e.measurement]}; }

  [[nodiscard]] Hypothesis best_hypothesis(std::uint32_t group) const {
    Hypothesis best{.group = group};
    std::vector<Seen> seen;  // one look for all levels: measurements lie far apart
    std::ranges::transform(columns_.entries_of(group), std::back_inserter(seen),
                           [&](const Entry& e) { return look_up(e); });
    for (const auto direction : {Direction::both, Direction::out, Direction::in}) {
      const auto levels = levels_of(group, seen, direction);
      const auto behind = levels.empty() ? Levels{} : levels_behind(seen, direction);
      const double share = behind.empty() ? 1 : 0.5;
      for (auto level = levels.from; level < levels.end; ++level) {
        weigh({group, direction, Effect::on_all, level}, seen, share, best);
      }
      for (auto level = behind.from; level < behind.end; ++level) {
        weigh({group, direction, Effect::beyond_headroom, level}, seen, share, best);
      }
    }
    return best;
  }

  /// Takes `one` into the average that `best` holds.
  void weigh(const Hypothesis& one, std::span<const Seen> seen, double share, Hypothesis& best) const {
    const double term =
        gain_of(one, seen) + log_prior_of(one.direction) + std::log(share / static_cast<double>(Model::kLevels));
    const double sum = log_sum(best.log_evidence, term);
    if (term > best.likeliest) {
      best = one;
      best.likeliest = term;
    }
    best.log_evidence = sum;
  }

  /// Levels worth trying: none for most groups, since half of what goes through a part on every way, and that nothing
  /// hides, is slow when the part is.
  [[nodiscard]] Levels levels_of(std::uint32_t group, std::span<const Seen> seen, Direction direction) const {
    std::vector<float> ratios, maybe_hidden;
    std::size_t signs = 0, others = 0;
    const bool always = columns_.least_weight_of(group) >= 1;
    for (const auto& [entry, now, measured] : seen) {
      if (!covers(direction, entry.direction)) {
        ++others;
      } else if (!now.is_explained()) {
        signs += now.is_sign ? 1 : 0;
        if (now.is_sign || always) {
          (entry.may_be_hidden() ? maybe_hidden : ratios).push_back(measured.ratio);
        }
      }
    }
    if (ratios.size() < kFewSigns) {
      ratios.insert(ratios.end(), maybe_hidden.begin(), maybe_hidden.end());
    }
    const bool says_more = direction == Direction::both || others > 0;  // than the hypothesis of both directions
    if (ratios.empty() || !says_more || ((!always || Model::kTypical > 1) && signs < kFewSigns)) {
      return {};
    }
    const float middle = middle_of(ratios);
    return middle < Model::kTypical ? Model::levels_near(middle) : Levels{};
  }

  /// Levels worth trying when headroom hides what it can: none where nothing may be hidden.
  [[nodiscard]] static Levels levels_behind(std::span<const Seen> seen, Direction direction) {
    if constexpr (!Model::kKnowsHeadroom) {
      return {};
    }
    std::vector<float> ratios, behind;
    for (const auto& [entry, now, measured] : seen) {
      if (covers(direction, entry.direction) && !now.is_explained()) {
        const auto own = measured.ratio * static_cast<float>(std::exp(-entry.log_headroom()));
        (entry.may_be_hidden() ? behind : ratios).push_back(own);
      }
    }
    return behind.empty() ? Levels{} : Model::levels_near(middle_of(ratios.size() < kFewSigns ? behind : ratios));
  }

  [[nodiscard]] double gain_of(const Hypothesis& h, std::span<const Seen> seen) const {
    LogProduct odds;
    const bool thin = is_thin(h.group);
    std::vector<std::uint32_t> ends;  // whose slow measurements count already
    for (const auto& one : seen) {
      if (covers(h.direction, one.entry.direction) && one.now.value < static_cast<std::int8_t>(h.level) &&
          !(thin && one.now.is_sign && is_of_same_end(one.entry, ends))) {
        odds.add(odds_of(one, h) + (1 - one.entry.weight()));
      }
    }
    return odds.log();
  }

  [[nodiscard]] static bool may_hide(const Entry& e, const Hypothesis& h) {
    return h.effect == Effect::beyond_headroom && e.may_be_hidden();
  }

  /// That it went through the group, at fault, against what is blamed so far.
  [[nodiscard]] double odds_of(const Seen& one, const Hypothesis& h) const {
    const double at = may_hide(one.entry, h) ? model_.at(one.measured, h.level, one.entry.log_headroom())
                                             : model_.at(one.measured, h.level);
    return one.entry.weight() * at / one.now.likelihood;
  }

  /// One way of many is slow for anybody's traffic. An end that is slow far more often than such a way would make it
  /// counts once: else what is left of several slow ends would add up to a slow way.
  [[nodiscard]] bool is_of_same_end(const Entry& e, std::vector<std::uint32_t>& ends) const {
    constexpr float kFarMore = 3;
    bool known = false;
    in_.touched->for_each_end(in_.path[e.measurement], [&](const Touch& touch) {
      for (const auto group : columns_.groups_of(touch)) {
        const auto signs = static_cast<float>(columns_.signs_of(group));
        if (signs > kFarMore * e.weight() * static_cast<float>(columns_.measurements_of(group))) {
          known = known || std::ranges::find(ends, group) != ends.end();
          ends.push_back(group);
        }
      }
    });
    return known;
  }

  Blame accept(const Hypothesis top) {
    Blame blame{.log_evidence = evidence_of(top)};
    const auto rivals = rivals_of(top);
    std::vector<double> always, slow;  // ratios through it
    for (const auto& e : columns_.entries_of(top.group)) {
      if (covers(top.direction, e.direction)) {
        ++blame.touched;
        if (state_[e.measurement].value < static_cast<std::int8_t>(top.level)) {
          explain(e, top, always, slow, blame);
        }
      }
    }
    const auto& ratios = always.empty() ? slow : always;
    blame.factor = ratios.empty() ? 1 : core::median(ratios);
    name_suspects(top, rivals, blame);
    return blame;
  }

  /// Groups that share measurements with it and have about as good a case.
  std::vector<Hypothesis> rivals_of(const Hypothesis& top) {
    std::vector<std::uint32_t> affected;
    for (const auto& e : columns_.entries_of(top.group)) {
      in_.touched->for_each(in_.path[e.measurement], [&](const Touch& touch) {
        for (const auto group : columns_.groups_of(touch)) {
          const bool is_asked_later = is_thin(group) && !is_thin(top.group);
          if (group != top.group && !is_asked_later && score_of(best_[group]) >= score_of(top) - kRival) {
            affected.push_back(group);
          }
        }
      });
    }
    std::ranges::sort(affected);
    affected.erase(std::unique(affected.begin(), affected.end()), affected.end());
    std::vector<Hypothesis> rivals;
    for (const auto group : affected) {
      best_[group] = best_hypothesis(group);
      if (score_of(best_[group]) >= score_of(top) - kRival) {
        rivals.push_back(best_[group]);
      }
    }
    return rivals;
  }

  void explain(const Entry& e, const Hypothesis& h, std::vector<double>& always, std::vector<double>& slow,
               Blame& blame) {
    const auto one = look_up(e);
    const double weight = e.weight(), odds = odds_of(one, h);
    const double fault = std::log(model_.at(one.measured, h.level)), healthy = std::log(model_.healthy(one.measured));
    const bool shows = fault > healthy;  // logs round: a trace shows nothing
    if (weight >= 1 && (shows || !may_hide(e, h))) {
      always.push_back(one.measured.ratio);
    }
    if (odds > 1 - weight && shows) {  // it went this way, and shows it
      blame.explained.push_back(e.measurement);
      slow.push_back(one.measured.ratio);
    }
    auto& now = state_[e.measurement];
    if (odds > 1 - weight && (shows || !may_hide(e, h))) {
      now.value = static_cast<std::int8_t>(h.level);
    }
    now.likelihood *= static_cast<float>(odds + 1 - weight);
  }

  /// Rivals that have lost most of their case now explained the same.
  void name_suspects(const Hypothesis& top, const std::vector<Hypothesis>& rivals, Blame& blame) {
    std::vector<Hypothesis> equals{top};
    double sum = 1;
    for (const auto& before : rivals) {
      best_[before.group] = best_hypothesis(before.group);
      if (best_[before.group].log_evidence < before.log_evidence / 2) {
        equals.push_back(before);
        sum += std::exp(score_of(before) - score_of(top));
      }
    }
    best_[top.group] = {.group = top.group};
    for (const auto& suspect : equals) {
      share_out(suspect, std::exp(score_of(suspect) - score_of(top)) / sum, blame);
    }
    std::ranges::stable_sort(blame.suspects, std::ranges::greater(), &Suspect::posterior);
    const auto least = std::min(kIndistinct, blame.suspects.front().posterior / 2);  // equals are all named
    std::erase_if(blame.suspects, [&](const Suspect& s) { return s.posterior < least; });
  }

  /// The parts of a group share its posterior by what is known of them beside the measurements.
  void share_out(const Hypothesis& rival, double posterior, Blame& blame) const {
    for (const auto part : columns_.parts_of(rival.group)) {
      const double known = in_.log_prior[part] + static_cast<double>(in_.evidence_of(part));
      const double share = std::exp(known - priors_.order[rival.group]);
      blame.suspects.push_back({part, rival.direction, posterior * share});
    }
  }

  /// e-BH: the largest k whose k-th largest e-value is at least groups / (share * k).
  void keep_likeliest(double first, Localisation& result) const {
    std::vector<double> sorted;
    for (const auto& blame : result.blames) {
      sorted.push_back(blame.log_evidence);
    }
    std::ranges::sort(sorted, std::ranges::greater());
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t k = 1; k <= sorted.size(); ++k) {
      least = sorted[k - 1] >= first - std::log(static_cast<double>(k)) ? sorted[k - 1] : least;
    }
    for (const auto& blame : result.blames) {
      if (blame.log_evidence < least) {
        result.unexplained.insert(result.unexplained.end(), blame.explained.begin(), blame.explained.end());
      }
    }
    std::erase_if(result.blames, [&](const Blame& blame) { return blame.log_evidence < least; });
  }

  const Incidence& in_;
  const Signs& signs_;
  const Columns& columns_;
  const Priors priors_;
  const Model& model_;
  std::vector<State> state_;      // by measurement
  std::vector<Hypothesis> best_;  // by group, as of when it was last asked for
  std::priority_queue<std::pair<double, std::uint32_t>> queue_;
};

template <class Model>
std::vector<bool> signs_in(const Model& model) {
  std::vector<bool> is_sign;
  is_sign.reserve(model.of.size());
  for (const auto& measured : model.of) {
    is_sign.push_back(Model::is_sign(measured));
  }
  return is_sign;
}

template <class Model>
Signs signs_of(const Model& model, std::vector<bool> is_sign) {
  Signs signs;
  signs.promise.resize(model.of.size());
  in_parallel(model.of.size(), [&](std::size_t first, std::size_t end) {
    for (auto m = first; m < end; ++m) {
      signs.promise[m] = static_cast<float>(model.promise(model.of[m]));
    }
  });
  signs.is_sign = std::move(is_sign);
  signs.is_low.reserve(model.of.size());
  for (std::size_t m = 0; m < model.of.size(); ++m) {
    signs.is_low.push_back(signs.is_sign[m] || (Model::kTypical < 1 && model.of[m].ratio < Model::kTypical));
  }
  return signs;
}

/// Share of measurements that show a sign while nothing else of their ends does: what passes by.
double passing_share(const Incidence& incidence, const std::vector<bool>& is_sign) {
  constexpr std::uint32_t kFewOfAnEnd = 16;  // with more measurements, two signs may be there by chance
  std::vector<std::uint32_t> signs(incidence.parts()), all(incidence.parts());
  for (std::size_t m = 0; m < is_sign.size(); ++m) {
    incidence.touched->for_each_end(incidence.path[m], [&](const Touch& end) {
      ++all[end.part];
      signs[end.part] += is_sign[m] ? 1 : 0;
    });
  }
  std::size_t lone = 0;
  for (std::size_t m = 0; m < is_sign.size(); ++m) {
    bool is_lone = is_sign[m];
    incidence.touched->for_each_end(incidence.path[m], [&](const Touch& end) {
      is_lone = is_lone && (signs[end.part] < 2 || all[end.part] > kFewOfAnEnd);
    });
    lone += is_lone ? 1 : 0;
  }
  return std::max(kDisturbed,
                  static_cast<double>(lone) / static_cast<double>(std::max<std::size_t>(1, is_sign.size())));
}

}  // namespace

void Incidence::add(double measured_over_expected, double noise, std::uint32_t on_path) {
  ratio.push_back(static_cast<float>(measured_over_expected));
  sigma.push_back(static_cast<float>(noise));
  path.push_back(on_path);
}

namespace {

template <class Model>
Localisation search(const Incidence& incidence, const Model& model, std::vector<bool> is_sign) {
  const auto signs = signs_of(model, std::move(is_sign));
  const Columns columns(incidence, signs, kLeastOfRivals);
  return Search(incidence, signs, columns, priors_of(incidence, columns), model).run();
}

}  // namespace

Localisation localise(const Incidence& incidence) {
  if (incidence.measurements() == 0) {
    return {};
  }
  RateModel model{incidence.ratio, incidence.sigma};
  auto is_sign = signs_in(model);
  model.disturbed = passing_share(incidence, is_sign);
  return search(incidence, model, std::move(is_sign));
}

Localisation localise_events(const Incidence& incidence) {
  EventModel model{incidence.ratio};
  auto is_sign = signs_in(model);
  if (std::ranges::none_of(is_sign, std::identity())) {
    return {};
  }
  model.base_share = passing_share(incidence, is_sign);
  return search(incidence, model, std::move(is_sign));
}

}  // namespace plumb::reports
