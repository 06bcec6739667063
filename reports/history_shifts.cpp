#include "reports/history_shifts.h"

#include <algorithm>
#include <map>
#include <numbers>
#include <numeric>
#include <set>

#include "core/statistics.h"

namespace plumb::reports {
namespace {

constexpr std::size_t kLeastPeers = 4, kLeastAlike = 8;
constexpr double kLeastSigma = 0.0025;  // of the fleet's own movement from run to run
constexpr double kSigmas = 6;
constexpr std::size_t kMostCauses = 5;

using Members = std::vector<std::uint32_t>;

/// How far the members moved together from what each usually is.
struct Movement {
  double log_factor = 0;
  bool is_shift = false;
};

/// The MAD of a few numbers is small too often.
double scatter_of(const std::vector<double>& numbers) {
  constexpr std::size_t kFew = 10;
  const double mad = core::scaled_mad(numbers);
  if (numbers.size() >= kFew) {
    return mad;
  }
  const auto count = static_cast<double>(numbers.size());
  const double mean = std::accumulate(numbers.begin(), numbers.end(), 0.0) / count;
  double squares = 0;
  for (const double number : numbers) {
    squares += (number - mean) * (number - mean);
  }
  return std::max(mad, std::sqrt(squares / (count - 1)));
}

class Mover {
 public:
  Mover(const PastRuns& past, const Series& series) : past_(past), series_(series) {
    std::vector<float> own;
    for (std::uint32_t part = 0; part < past.parts.size(); ++part) {
      own.clear();
      for (std::size_t run = 0; run + 1 < past.runs; ++run) {
        own.push_back(series.levels[run][part]);
      }
      std::erase_if(own, [](float level) { return std::isnan(level); });
      usual_.push_back(own.size() < kLeastPast ? kNotMeasured : median_of(own));
    }
  }

  [[nodiscard]] bool is_known(std::uint32_t part) const {
    return !std::isnan(usual_[part]) && !std::isnan(series_.levels.back()[part]);
  }

  [[nodiscard]] Movement of(const Members& members) const {
    std::vector<double> before;
    for (std::size_t run = 0; run + 1 < past_.runs; ++run) {
      if (const float moved = in(run, members); !std::isnan(moved)) {
        before.push_back(moved);
      }
    }
    const float now = in(past_.runs - 1, members);
    if (before.size() < kLeastPast || std::isnan(now)) {
      return {};
    }
    const double sigma = std::max(kLeastSigma, scatter_of(before)) *
                         std::sqrt(1 + std::numbers::pi / 2 / static_cast<double>(before.size()));
    const double fall = now - core::median(before);
    return {fall, fall < std::log(1 - kLeastDecline) && fall < -kSigmas * sigma};
  }

 private:
  [[nodiscard]] float in(std::size_t run, const Members& members) const {
    std::vector<float> moved;
    for (const auto part : members) {
      moved.push_back(series_.levels[run][part] - usual_[part]);
    }
    return median_of(moved);
  }

  const PastRuns& past_;
  const Series& series_;
  std::vector<float> usual_;
};

struct Cause {
  std::vector<Change> changes;
  Members with, without;
  double with_fall = 0, without_fall = 0;
};

/// Members by each change that is on some of them.
std::map<Change, Members> by_change(const PastRuns& past, const Members& members) {
  std::map<Change, Members> found;
  for (const auto part : members) {
    for (const auto& change : past.changes[past.parts[part].changed]) {
      found[change].push_back(part);
    }
  }
  return found;
}

/// The change whose parts fell furthest beyond the others; changes of the same parts are one cause.
std::optional<Cause> cause_among(const PastRuns& past, const Mover& mover, const Members& members) {
  std::optional<Cause> best;
  std::map<Members, std::vector<Change>> sets;
  for (auto& [change, with] : by_change(past, members)) {
    sets[with].push_back(change);
  }
  for (const auto& [with, changes] : sets) {
    if (with.size() < 2 || with.size() == members.size()) {
      continue;
    }
    Cause cause{changes, with, {}, 0, 0};
    std::ranges::set_difference(members, with, std::back_inserter(cause.without));
    const auto fell = mover.of(with), others = mover.of(cause.without);
    cause.with_fall = fell.log_factor;
    cause.without_fall = others.log_factor;
    const auto apart = [](const Cause& c) { return c.with_fall - c.without_fall; };
    if (fell.is_shift && others.log_factor > fell.log_factor / 2 && (!best || apart(cause) < apart(*best))) {
      best = std::move(cause);
    }
  }
  return best;
}

std::size_t hosts_of(const PastRuns& past, const Members& members) {
  std::set<std::uint32_t> hosts;
  for (const auto part : members) {
    if (past.parts[part].host != kNowhere) {
      hosts.insert(past.parts[part].host);
    }
  }
  return hosts.size();
}

/// On nearly all of them, and what is common to all.
std::vector<Change> shared_changes(const PastRuns& past, const Members& members) {
  auto shared = past.common;
  for (const auto& [change, with] : by_change(past, members)) {
    const bool told = std::ranges::any_of(
        shared, [&change = change](const Change& c) { return c.before == change.before && c.now == change.now; });
    if (!told && with.size() * 10 >= members.size() * 9) {
      shared.push_back(change);
    }
  }
  return shared;
}

void add_shifts(const PastRuns& past, const Mover& mover, const std::string& question, std::uint32_t kind,
                Members members, std::vector<CommonShift>& shifts) {
  CommonShift shift;
  shift.question = question;
  shift.kind = past.kinds[kind];
  for (std::size_t causes = 0; causes < kMostCauses; ++causes) {
    auto cause = cause_among(past, mover, members);
    if (!cause) {
      break;
    }
    shift.factor = std::exp(cause->with_fall);
    shift.others_factor = std::exp(cause->without_fall);
    shift.parts = cause->with.size();
    shift.hosts = hosts_of(past, cause->with);
    shift.changes = cause->changes;
    shifts.push_back(shift);
    members = std::move(cause->without);
  }
  if (const auto moved = mover.of(members); moved.is_shift && members.size() >= kLeastPeers) {
    shift.factor = std::exp(moved.log_factor);
    shift.others_factor.reset();
    shift.parts = members.size();
    shift.hosts = hosts_of(past, members);
    shift.changes = shared_changes(past, members);
    shifts.push_back(shift);
  }
}

}  // namespace

float median_of(std::vector<float>& values) {
  std::erase_if(values, [](float value) { return std::isnan(value); });
  if (values.empty()) {
    return kNotMeasured;
  }
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return values.size() % 2 == 1 ? *middle : (*middle + *std::max_element(values.begin(), middle)) / 2;
}

std::vector<CommonShift> common_shifts(const PastRuns& past, const Series& series) {
  const Mover mover(past, series);
  std::vector<Members> of_kind(past.kinds.size());
  for (std::uint32_t part = 0; part < past.parts.size(); ++part) {
    if (mover.is_known(part)) {
      of_kind[past.parts[part].kind].push_back(part);
    }
  }
  std::vector<CommonShift> shifts;
  for (std::uint32_t kind = 0; kind < of_kind.size(); ++kind) {
    add_shifts(past, mover, series.question, kind, of_kind[kind], shifts);
  }
  return shifts;
}

std::vector<std::vector<float>> owner_levels(const std::vector<std::vector<float>>& levels,
                                             const std::vector<std::vector<std::uint32_t>>& members,
                                             std::size_t least) {
  std::vector<std::vector<float>> medians;
  std::vector<float> some;
  for (const auto& of_run : levels) {
    auto& row = medians.emplace_back(members.size(), kNotMeasured);
    for (std::size_t owner = 0; owner < members.size(); ++owner) {
      some.clear();
      for (const auto part : members[owner]) {
        if (!std::isnan(of_run[part])) {
          some.push_back(of_run[part]);
        }
      }
      row[owner] = some.size() < least ? kNotMeasured : median_of(some);
    }
  }
  return medians;
}

void take_off_peers(const PastRuns& past, Series& series) {
  const auto changes = static_cast<std::uint32_t>(past.changes.size());
  std::vector<Members> of_kind(past.kinds.size()), alike(past.kinds.size() * changes);
  for (std::uint32_t part = 0; part < past.parts.size(); ++part) {
    of_kind[past.parts[part].kind].push_back(part);
    alike[past.parts[part].kind * changes + past.parts[part].changed].push_back(part);
  }
  const auto kind_levels = owner_levels(series.levels, of_kind, kLeastPeers);
  const auto alike_levels = owner_levels(series.levels, alike, kLeastAlike);
  for (std::size_t run = 0; run < past.runs; ++run) {
    for (std::uint32_t part = 0; part < past.parts.size(); ++part) {
      const auto& [kind, host, leaf, changed] = past.parts[part];
      const float peers = alike_levels[run][kind * changes + changed];
      series.levels[run][part] -= std::isnan(peers) ? kind_levels[run][kind] : peers;
    }
  }
}

}  // namespace plumb::reports
