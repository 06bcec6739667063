#include "reports/weighing.h"

#include <tsl/robin_map.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "core/power.h"
#include "core/statistics.h"
#include "reports/parallel.h"

namespace plumb::reports {
namespace {

constexpr std::size_t kFewSigns = 2;  // a group with fewer slow measurements is no candidate

double log_prior_of(Direction direction) { return std::log(direction == Direction::both ? core::kBothWays : 0.25); }

bool covers(Direction hypothesis, Direction touch) {
  return hypothesis == Direction::both || touch == Direction::both || hypothesis == touch;
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

/// Slow ends whose measurements count already. Each counts once: else what is left of several slow ends would add up to
/// a slow way.
class CountedEnds {
 public:
  /// Whether one of them does; from now on all do.
  template <class Ends>
  bool has(const Ends& ends) {
    bool known = false;
    for (const auto end : ends) {
      if (end < kNoEnd) {
        counted_.resize(std::max<std::size_t>(counted_.size(), end + 1));
        known = known || counted_[end];
        counted_[end] = true;
      }
    }
    return known;
  }

 private:
  std::vector<bool> counted_;
};

float middle_of(std::vector<float>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

bool may_hide(const Entry& e, const Hypothesis& h) { return h.effect == Effect::beyond_headroom && e.may_be_hidden(); }

}  // namespace

double log_sum(double a, double b) {
  const double more = std::max(a, b);
  return more == kNever ? kNever : more + std::log1p(std::exp(std::min(a, b) - more));
}

template <class Model>
Weighing<Model>::Weighing(const Incidence& incidence, const Signs& signs, const Columns& columns, const Model& model)
    : in_(incidence), columns_(columns), model_(model), state_(incidence.measurements()) {
  in_parallel(state_.size(), [&](std::size_t first, std::size_t end) {
    for (auto m = first; m < end; ++m) {
      state_[m] = {static_cast<float>(model_.healthy(model_.of[m])), kHealthy, signs.is_sign[m]};
    }
  });
}

template <class Model>
Hypothesis Weighing<Model>::best_about(std::uint32_t group) const {
  Hypothesis best{.group = group};
  const auto seen = look_up(group);
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

/// One look for all levels: measurements lie far apart.
template <class Model>
auto Weighing<Model>::look_up(std::uint32_t group) const -> std::vector<Seen> {
  std::vector<Seen> seen;
  const auto entries = columns_.entries_of(group);
  seen.reserve(entries.size());
  std::ranges::transform(entries, std::back_inserter(seen), [&](const Entry& e) { return look_up(e); });
  if (is_thin(group)) {
    number_slow_ends(seen);
  }
  return seen;
}

/// One way of many is slow for anybody's traffic: these are the ends that are slow far more often than such a way would
/// make them.
template <class Model>
void Weighing<Model>::number_slow_ends(std::vector<Seen>& seen) const {
  constexpr float kFarMore = 3;
  tsl::robin_map<std::uint32_t, std::uint32_t> numbers;  // by group
  for (auto& [entry, now, measured, slow_ends] : seen) {
    auto next = slow_ends.begin();
    const float weight = entry.weight();
    const auto look_at = [&](const Touch& end) {
      for (const auto group : columns_.groups_of(end)) {
        const auto signs = static_cast<float>(columns_.signs_of(group));
        if (signs > kFarMore * weight * static_cast<float>(columns_.measurements_of(group))) {
          *next++ = numbers.try_emplace(group, static_cast<std::uint32_t>(numbers.size())).first->second;
        }
      }
    };
    if (now.is_sign) {
      in_.touched->for_each_end(in_.path[entry.measurement], look_at);
    }
  }
}

/// Takes `one` into the average that `best` holds.
template <class Model>
void Weighing<Model>::weigh(const Hypothesis& one, std::span<const Seen> seen, double share, Hypothesis& best) const {
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
template <class Model>
Levels Weighing<Model>::levels_of(std::uint32_t group, std::span<const Seen> seen, Direction direction) const {
  std::vector<float> ratios, maybe_hidden;
  std::size_t signs = 0, others = 0;
  const bool always = columns_.least_weight_of(group) >= 1;
  for (const auto& [entry, now, measured, slow_ends] : seen) {
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
template <class Model>
Levels Weighing<Model>::levels_behind(std::span<const Seen> seen, Direction direction) {
  if constexpr (!Model::kKnowsHeadroom) {
    return {};
  }
  std::vector<float> ratios, behind;
  for (const auto& [entry, now, measured, slow_ends] : seen) {
    if (covers(direction, entry.direction) && !now.is_explained()) {
      const auto own = measured.ratio * static_cast<float>(std::exp(-entry.log_headroom()));
      (entry.may_be_hidden() ? behind : ratios).push_back(own);
    }
  }
  return behind.empty() ? Levels{} : Model::levels_near(middle_of(ratios.size() < kFewSigns ? behind : ratios));
}

template <class Model>
double Weighing<Model>::gain_of(const Hypothesis& h, std::span<const Seen> seen) const {
  LogProduct odds;
  CountedEnds counted;
  for (const auto& one : seen) {
    if (covers(h.direction, one.entry.direction) && !is_outdone(one, h) && !counted.has(one.slow_ends)) {
      odds.add(odds_of(one, h) + (1 - one.entry.weight()));
    }
  }
  return odds.log();
}

/// Something worse is blamed on its way already, so that it says nothing of the hypothesis.
template <class Model>
bool Weighing<Model>::is_outdone(const Seen& one, const Hypothesis& h) {
  if (!may_hide(one.entry, h)) {
    return one.now.value >= static_cast<std::int8_t>(h.level);
  }
  if (!one.now.is_explained()) {
    return false;
  }
  const double left = core::log_factor_at(h.level) + one.entry.log_headroom();
  return core::log_factor_at(static_cast<std::size_t>(one.now.value)) <= std::min(0.0, left);
}

/// That it went through the group, at fault, against what is blamed so far.
template <class Model>
double Weighing<Model>::odds_of(const Seen& one, const Hypothesis& h) const {
  const double at = may_hide(one.entry, h) ? model_.at(one.measured, h.level, one.entry.log_headroom())
                                           : model_.at(one.measured, h.level);
  return one.entry.weight() * at / one.now.likelihood;
}

template <class Model>
Blame Weighing<Model>::blame(const Hypothesis& h) {
  Blame blame;
  Ratios ratios;
  for (const auto& e : columns_.entries_of(h.group)) {
    if (covers(h.direction, e.direction)) {
      ++blame.touched;
      if (!is_outdone(look_up(e), h)) {
        explain(e, h, ratios, blame);
      }
    }
  }
  const auto& through = ratios.always.empty() ? ratios.slow : ratios.always;
  blame.factor = through.empty() ? 1 : core::median(through);
  return blame;
}

template <class Model>
std::vector<std::uint64_t> Weighing<Model>::unexplained() const {
  std::vector<std::uint64_t> signs;
  for (std::size_t m = 0; m < state_.size(); ++m) {
    if (state_[m].is_sign && !state_[m].is_explained()) {
      signs.push_back(m);
    }
  }
  return signs;
}

template <class Model>
void Weighing<Model>::explain(const Entry& e, const Hypothesis& h, Ratios& ratios, Blame& blame) {
  const auto one = look_up(e);
  const double weight = e.weight(), odds = odds_of(one, h);
  const double fault = std::log(model_.at(one.measured, h.level)), healthy = std::log(model_.healthy(one.measured));
  const bool shows = fault > healthy;  // logs round: a trace shows nothing
  if (weight >= 1 && (shows || !may_hide(e, h))) {
    ratios.always.push_back(one.measured.ratio);
  }
  if (odds > 1 - weight && shows) {  // it went this way, and shows it
    blame.explained.push_back(e.measurement);
    ratios.slow.push_back(one.measured.ratio);
  }
  auto& now = state_[e.measurement];
  if (odds > 1 - weight && (shows || !may_hide(e, h))) {
    now.value = static_cast<std::int8_t>(h.level);
  }
  now.likelihood *= static_cast<float>(odds + 1 - weight);
}

template class Weighing<RateModel>;
template class Weighing<EventModel>;

}  // namespace plumb::reports
