#include "reports/blame_search.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <queue>
#include <utility>

#include "core/power.h"
#include "reports/parallel.h"

namespace plumb::reports {
namespace {

using core::blame_threshold;
using core::kFalseBlames;

const double kLeast = -std::log(kFalseBlames);  // log evidence that a blame needs in any case
constexpr double kIndistinct = 0.01;            // suspects below this posterior are not named
constexpr double kRival = 5;                    // log odds that a rival may be behind
constexpr double kPriors = 1.5;                 // log odds that kinds of parts differ by

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

template <class Model>
class Search {
 public:
  Search(const Incidence& incidence, const Signs& signs, const Columns& columns, const Model& model)
      : in_(incidence),
        columns_(columns),
        priors_(priors_of(incidence, columns)),
        weighing_(incidence, signs, columns, model),
        best_(columns.groups()) {}

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
    std::ranges::move(weighing_.unexplained(), std::back_inserter(result.unexplained));
    std::ranges::sort(result.unexplained);
    return result;
  }

 private:
  [[nodiscard]] bool is_thin(std::uint32_t group) const { return weighing_.is_thin(group); }
  [[nodiscard]] double score_of(const Hypothesis& h) const { return h.log_evidence + priors_.order[h.group]; }
  [[nodiscard]] double evidence_of(const Hypothesis& h) const { return h.log_evidence + priors_.evidence[h.group]; }

  /// Looks for the best hypothesis about each thin group, or each other one.
  void look_at(bool thin) {
    constexpr std::size_t kPiece = 64;  // a spine's measurements are a thousand times those of a NIC
    const auto look = [&](std::size_t first, std::size_t end) {
      for (auto g = static_cast<std::uint32_t>(first); g < end; ++g) {
        best_[g] = is_thin(g) == thin ? weighing_.best_about(g) : best_[g];
      }
    };
    in_parallel(best_.size(), look, kPiece);
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
      best_[group] = weighing_.best_about(group);  // what was blamed since may explain it already
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

  Blame accept(const Hypothesis top) {
    const auto rivals = rivals_of(top);
    auto blame = weighing_.blame(top);
    blame.log_evidence = evidence_of(top);
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
      best_[group] = weighing_.best_about(group);
      if (score_of(best_[group]) >= score_of(top) - kRival) {
        rivals.push_back(best_[group]);
      }
    }
    return rivals;
  }

  /// Rivals that have lost most of their case now explained the same.
  void name_suspects(const Hypothesis& top, const std::vector<Hypothesis>& rivals, Blame& blame) {
    std::vector<Hypothesis> equals{top};
    double sum = 1;
    for (const auto& before : rivals) {
      best_[before.group] = weighing_.best_about(before.group);
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
  const Columns& columns_;
  const Priors priors_;
  Weighing<Model> weighing_;
  std::vector<Hypothesis> best_;  // by group, as of when it was last asked for
  std::priority_queue<std::pair<double, std::uint32_t>> queue_;
};

}  // namespace

double least_of_candidates() { return kLeast - kRival - kPriors; }

template <class Model>
Localisation search_blames(const Incidence& incidence, const Signs& signs, const Columns& columns, const Model& model) {
  return Search(incidence, signs, columns, model).run();
}

template Localisation search_blames(const Incidence&, const Signs&, const Columns&, const RateModel&);
template Localisation search_blames(const Incidence&, const Signs&, const Columns&, const EventModel&);

}  // namespace plumb::reports
