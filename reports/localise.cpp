#include "reports/localise.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/statistics.h"
#include "reports/likelihood.h"

namespace plumb::reports {
namespace {

constexpr double kSlowSigmas = 4;
constexpr double kSlowAtLeast = 0.05;   // below this slowdown nobody swaps a part
constexpr double kOneDirection = -1.1;  // log prior of one direction against both, log(1/3)
constexpr double kIndistinct = 0.01;    // suspects below this posterior are not named

/// A part, perhaps in one direction only, at some factor.
struct Hypothesis {
  std::uint32_t part = 0;
  Direction direction = Direction::both;
  double factor = 1;
  double gain = 0;
  double score = -1e300;  // gain plus priors
};

bool covers(Direction hypothesis, Direction touch) {
  return hypothesis == Direction::both || touch == Direction::both || hypothesis == touch;
}

/// Touches by part.
struct Column {
  std::uint64_t measurement;
  Direction direction;
  float weight;
};

class Search {
 public:
  explicit Search(const Incidence& incidence)
      : in_(incidence),
        threshold_(blame_threshold(incidence.parts())),
        value_(incidence.measurements(), 1.0F),
        log_likelihood_(incidence.measurements()),
        best_(incidence.parts()) {
    transpose();
    for (std::size_t m = 0; m < in_.measurements(); ++m) {
      log_likelihood_[m] = static_cast<float>(log_likelihood(in_.ratio[m], 1, in_.sigma[m]));
    }
  }

  Localisation run() {
    Localisation result;
    for (std::uint32_t part = 0; part < in_.parts(); ++part) {
      best_[part] = best_hypothesis(part);
    }
    while (true) {
      const auto top = std::max_element(best_.begin(), best_.end(),
                                        [](const Hypothesis& a, const Hypothesis& b) { return a.score < b.score; });
      if (top == best_.end() || top->gain < threshold_) {
        break;
      }
      result.blames.push_back(accept(*top));
    }
    for (std::uint64_t m = 0; m < in_.measurements(); ++m) {
      if (unexplained(m)) {
        result.unexplained.push_back(m);
      }
    }
    return result;
  }

 private:
  void transpose() {
    start_.assign(in_.parts() + 1, 0);
    for (const auto& touch : in_.touches) {
      ++start_[touch.part + 1];
    }
    std::partial_sum(start_.begin(), start_.end(), start_.begin());
    columns_.resize(in_.touches.size());
    auto next = start_;
    for (std::uint64_t m = 0; m < in_.measurements(); ++m) {
      for (auto t = in_.first[m]; t < in_.first[m + 1]; ++t) {
        const auto& touch = in_.touches[t];
        columns_[next[touch.part]++] = {m, touch.direction, touch.weight};
      }
    }
  }

  [[nodiscard]] std::span<const Column> column(std::uint32_t part) const {
    return {columns_.data() + start_[part], columns_.data() + start_[part + 1]};
  }

  /// Slow compared with what is blamed so far.
  [[nodiscard]] bool unexplained(std::uint64_t m) const {
    return is_slow(in_.ratio[m] / value_[m], std::max<double>(in_.sigma[m], value_[m] < 1 ? 0.5 : 0));
  }

  [[nodiscard]] double gain_of(std::uint32_t part, Direction direction, double factor) const {
    double gain = 0;
    for (const auto& c : column(part)) {
      if (covers(direction, c.direction) && factor < value_[c.measurement]) {
        const double with = log_likelihood(in_.ratio[c.measurement], factor, in_.sigma[c.measurement]);
        const double without = log_likelihood_[c.measurement];
        gain += std::log(c.weight * std::exp(with - without) + (1 - c.weight));
      }
    }
    return gain;
  }

  /// The factor that the unexplained slow measurements through it suggest; 1 when there are none.
  [[nodiscard]] double factor_of(std::uint32_t part, Direction direction) const {
    std::vector<double> slow;
    for (const auto& c : column(part)) {
      if (covers(direction, c.direction) && unexplained(c.measurement)) {
        slow.push_back(in_.ratio[c.measurement]);
      }
    }
    return slow.empty() ? 1 : factor_at(nearest_factor(core::median(slow)));
  }

  [[nodiscard]] Hypothesis best_hypothesis(std::uint32_t part) const {
    Hypothesis best{.part = part};
    for (const auto direction : {Direction::both, Direction::out, Direction::in}) {
      Hypothesis h{part, direction, factor_of(part, direction)};
      if (h.factor < 1) {
        h.gain = gain_of(part, direction, h.factor);
        h.score = h.gain + in_.log_prior[part] + (direction == Direction::both ? 0 : kOneDirection);
        best = h.score > best.score ? h : best;
      }
    }
    return best;
  }

  Blame accept(const Hypothesis top) {
    Blame blame{.gain = top.gain};
    std::vector<double> ratios;
    std::vector<std::uint32_t> affected;
    for (const auto& c : column(top.part)) {
      if (!covers(top.direction, c.direction)) {
        continue;
      }
      ++blame.touched;
      const auto m = c.measurement;
      if (unexplained(m) && in_.ratio[m] < std::sqrt(top.factor)) {
        blame.explained.push_back(m);
        ratios.push_back(in_.ratio[m]);
      }
      explain(m, top.factor, c.weight);
      for (auto t = in_.first[m]; t < in_.first[m + 1]; ++t) {
        affected.push_back(in_.touches[t].part);
      }
    }
    blame.factor = ratios.empty() ? top.factor : core::median(ratios);
    std::sort(affected.begin(), affected.end());
    affected.erase(std::unique(affected.begin(), affected.end()), affected.end());
    name_suspects(top, affected, blame);
    return blame;
  }

  void explain(std::uint64_t m, double factor, double weight) {
    if (factor >= value_[m]) {
      return;
    }
    const double with = log_likelihood(in_.ratio[m], factor, in_.sigma[m]);
    const double without = log_likelihood_[m];
    const double odds = weight * std::exp(with - without);
    log_likelihood_[m] = static_cast<float>(without + std::log(odds + 1 - weight));
    if (odds > 1 - weight) {  // it went this way
      value_[m] = static_cast<float>(factor);
    }
  }

  /// Alternatives are parts that had a case before and have lost most of it now: they explained the same.
  void name_suspects(const Hypothesis& top, const std::vector<std::uint32_t>& affected, Blame& blame) {
    std::vector<Hypothesis> rivals;
    for (const auto part : affected) {
      const Hypothesis before = best_[part];
      best_[part] = best_hypothesis(part);
      if (part == top.part || (before.factor < 1 && best_[part].gain < before.gain / 2)) {
        rivals.push_back(part == top.part ? top : before);
      }
    }
    double sum = 0;
    for (const auto& rival : rivals) {
      sum += std::exp(rival.score - top.score);
    }
    for (const auto& rival : rivals) {
      const double posterior = std::exp(rival.score - top.score) / sum;
      if (posterior >= kIndistinct) {
        blame.suspects.push_back({rival.part, rival.direction, posterior});
      }
    }
    std::stable_sort(blame.suspects.begin(), blame.suspects.end(),
                     [](const Suspect& a, const Suspect& b) { return a.posterior > b.posterior; });
  }

  const Incidence& in_;
  double threshold_;
  std::vector<float> value_;           // lowest factor blamed on the way of each measurement
  std::vector<float> log_likelihood_;  // of each measurement under what is blamed so far
  std::vector<Hypothesis> best_;       // by part
  std::vector<std::uint64_t> start_;
  std::vector<Column> columns_;
};

}  // namespace

void Incidence::add(double measured_over_expected, double noise, std::span<const Touch> touched) {
  ratio.push_back(static_cast<float>(measured_over_expected));
  sigma.push_back(static_cast<float>(noise));
  touches.insert(touches.end(), touched.begin(), touched.end());
  first.push_back(touches.size());
}

bool is_slow(double ratio, double sigma) {
  return ratio < 1 - kSlowAtLeast && std::log(std::max(ratio, 1e-9)) < -kSlowSigmas * sigma;
}

double blame_threshold(std::size_t parts) {
  // E[likelihood ratio] = 1 when nothing is wrong, so P(gain > t) <= exp(-t) for each hypothesis (Markov).
  const double hypotheses = static_cast<double>(std::max<std::size_t>(parts, 1)) * 3 * kFactors;
  return std::log(hypotheses / kFalseBlames);
}

namespace {

/// Mean and variance of what one measurement of a part that runs at `factor` adds to its gain. It went another way, and
/// looks healthy, with probability 1 - weight.
std::pair<double, double> gain_moments(double factor, double weight, double sigma) {
  constexpr int kPoints = 81;  // over +-4 standard deviations
  const double other_way = weight < 1 ? std::log1p(-weight) : 0;
  double mass = 0, mean = 0, square = 0;
  for (int i = 0; i < kPoints; ++i) {
    const double z = -4 + 8.0 * i / (kPoints - 1);
    const double density = std::exp(-z * z / 2);
    const double ratio = factor * std::exp(z * sigma);
    const double evidence = log_likelihood(ratio, factor, sigma) - log_likelihood(ratio, 1, sigma);
    const double gain = std::log(weight * std::exp(evidence) + 1 - weight);
    mass += density;
    mean += density * gain;
    square += density * gain * gain;
  }
  mean = weight * mean / mass + (1 - weight) * other_way;
  square = weight * square / mass + (1 - weight) * other_way * other_way;
  return {mean, std::max(square - mean * mean, 0.0)};
}

}  // namespace

std::optional<double> detectable_factor(double measurements, double weight, double sigma, std::size_t parts) {
  constexpr double kQuantile99 = 2.326;
  const double threshold = blame_threshold(parts);
  for (std::size_t k = 0; k < kFactors; ++k) {
    const double factor = factor_at(k);
    const auto [mean, variance] = gain_moments(factor, std::min(weight, 1.0), sigma);
    if (is_slow(factor, sigma) && measurements * mean - kQuantile99 * std::sqrt(measurements * variance) > threshold) {
      return factor;
    }
  }
  return std::nullopt;
}

Localisation localise(const Incidence& incidence) { return Search(incidence).run(); }

}  // namespace plumb::reports
