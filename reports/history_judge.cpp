#include "reports/history_judge.h"

#include <algorithm>
#include <map>

#include "core/statistics.h"
#include "reports/history_shifts.h"

namespace plumb::reports {
namespace {

constexpr std::size_t kLeastOfHost = 2, kLeastOfLeaf = 4;
constexpr std::size_t kSampled = 20'000;  // parts that are enough to know how values scatter
constexpr double kPassingSigmas = 5;      // lower is no noise
constexpr int kPassingOfPart = 2;         // what one part counts at most: a slow part is no weather
constexpr int kLevelsOfTests = 3;         // leaves, hosts, parts: each has a third of the false ones
constexpr double kLeastSigma = 0.001;

using Levels = std::vector<std::vector<float>>;  // by run, then by unit

std::vector<float> measured(const Levels& levels, std::size_t unit) {
  std::vector<float> values;
  for (const auto& of_run : levels) {
    if (!std::isnan(of_run[unit])) {
      values.push_back(of_run[unit]);
    }
  }
  return values;
}

/// From the runs before tonight.
Scatter scatter_of(const Levels& levels) {
  const std::size_t units = levels.back().size(), stride = units / kSampled + 1;
  std::vector<std::vector<double>> residuals;
  std::vector<double> mads;
  for (std::size_t unit = 0; unit < units; unit += stride) {
    auto values = measured(levels, unit);
    if (std::isnan(levels.back()[unit]) || values.size() <= kLeastPast) {
      continue;
    }
    values.pop_back();
    auto& own = residuals.emplace_back(values.begin(), values.end());
    const double usual = core::median(own);
    std::ranges::for_each(own, [&](double& value) { value -= usual; });
    mads.push_back(core::scaled_mad(own));
  }
  if (mads.empty()) {
    return {};
  }
  // The upper quartile: some parts scatter more than others, and a few runs tell little of each.
  std::sort(mads.begin(), mads.end());
  Scatter scatter;
  scatter.sigma = std::max(kLeastSigma, core::sorted_percentile(mads, 0.75));
  double low = 1, all = 2;
  for (const auto& own : residuals) {
    const auto count = std::ranges::count_if(own, [&](double r) { return r < -kPassingSigmas * scatter.sigma; });
    low += static_cast<double>(std::min<std::ptrdiff_t>(count, kPassingOfPart));
    all += static_cast<double>(own.size());
  }
  scatter.passing = low / all;
  return scatter;
}

/// Those of one scope that declined, the clearest question of each.
class Declines {
 public:
  explicit Declines(Scope scope) : scope_(scope) {}

  void test(const Levels& levels, std::size_t question) {
    const auto scatter = scatter_of(levels);
    for (std::uint32_t unit = 0; unit < levels.back().size(); ++unit) {
      if (std::isnan(levels.back()[unit])) {
        continue;
      }
      const auto values = measured(levels, unit);
      if (values.size() < 2 + kLeastPast) {
        continue;
      }
      ++tests_;
      if (const auto decline = decline_of(values, scatter); decline.p < kFalseShifts) {
        found_.push_back({unit, question, decline});
      }
    }
  }

  /// Takes those to be believed off `levels` of all questions, where `members` belong to them.
  [[nodiscard]] std::vector<PartShift> believed(const PastRuns& past) const {
    std::vector<double> p_values;
    for (const auto& one : found_) {
      p_values.push_back(one.decline.p);
    }
    const double limit = believable(std::move(p_values), tests_, kFalseShifts / kLevelsOfTests);
    std::map<std::uint32_t, PartShift> clearest;
    for (const auto& [unit, question, decline] : found_) {
      if (decline.p > limit) {
        continue;
      }
      const auto [known, is_new] = clearest.try_emplace(unit);
      if (is_new || decline.p < known->second.decline.p) {
        known->second = {scope_, unit, past.series[question].question, decline, {}};
      }
    }
    std::vector<PartShift> shifts;
    for (auto& [unit, shift] : clearest) {
      shifts.push_back(std::move(shift));
    }
    return shifts;
  }

 private:
  struct Found {
    std::uint32_t unit = 0;
    std::size_t question = 0;
    Decline decline;
  };
  Scope scope_;
  std::size_t tests_ = 0;
  std::vector<Found> found_;
};

using Members = std::vector<std::vector<std::uint32_t>>;  // by owner

Members members_of(const PastRuns& past, std::uint32_t PartPast::*owner) {
  Members members(past.owners.size());
  for (std::uint32_t part = 0; part < past.parts.size(); ++part) {
    if (const auto of = past.parts[part].*owner; of != kNowhere) {
      members[of].push_back(part);
    }
  }
  return members;
}

/// Owners that decline as a whole; their members are from then on judged against them.
void judge_owners(PastRuns& past, Scope scope, std::uint32_t PartPast::*owner, std::size_t least,
                  std::vector<PartShift>& shifts) {
  const auto members = members_of(past, owner);
  std::vector<Levels> medians;
  Declines declines(scope);
  for (std::size_t question = 0; question < past.series.size(); ++question) {
    medians.push_back(owner_levels(past.series[question].levels, members, least));
    declines.test(medians.back(), question);
  }
  for (auto& shift : declines.believed(past)) {
    for (std::size_t question = 0; question < past.series.size(); ++question) {
      for (std::size_t run = 0; run < past.runs; ++run) {
        for (const auto part : members[shift.which]) {
          past.series[question].levels[run][part] -= medians[question][run][shift.which];
        }
      }
    }
    shift.changes = past.changes[past.parts[members[shift.which].front()].changed];
    shifts.push_back(std::move(shift));
  }
}

void judge_parts(const PastRuns& past, std::vector<PartShift>& shifts) {
  Declines declines(Scope::part);
  for (std::size_t question = 0; question < past.series.size(); ++question) {
    declines.test(past.series[question].levels, question);
  }
  for (auto& shift : declines.believed(past)) {
    shift.changes = past.changes[past.parts[shift.which].changed];
    shifts.push_back(std::move(shift));
  }
}

}  // namespace

PastJudgement judge_past(PastRuns given) {
  PastJudgement judgement;
  judgement.past = std::move(given);
  auto& past = judgement.past;
  if (past.runs <= kLeastPast) {
    return judgement;
  }
  for (auto& series : past.series) {
    if (series.question != "worst window") {  // a share of the median, which everybody's load moves
      std::ranges::move(common_shifts(past, series), std::back_inserter(judgement.common));
    }
    take_off_peers(past, series);
  }
  judge_owners(past, Scope::leaf, &PartPast::leaf, kLeastOfLeaf, judgement.parts);
  judge_owners(past, Scope::host, &PartPast::host, kLeastOfHost, judgement.parts);
  judge_parts(past, judgement.parts);
  return judgement;
}

}  // namespace plumb::reports
