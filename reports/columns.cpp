#include "reports/columns.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "reports/parallel.h"

namespace plumb::reports {
namespace {

/// splitmix64's finalizer: sums of it tell sets apart.
std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31U);
}

/// Of any measurement that touched it so.
Entry entry_of(const Incidence& incidence, const Touch& touch) {
  const auto direction = incidence.two_way ? Direction::both : touch.direction;
  const auto octaves = touch.headroom > 1 ? std::lround(std::log2(touch.headroom) * Entry::kSteps) : 0;
  return {0, direction, static_cast<std::uint8_t>(std::min(octaves, 255L)),
          static_cast<std::uint16_t>(std::lround(std::min(touch.weight, 1.0F) * Entry::kQuanta))};
}

/// How a measurement touched a part, as an odd number: its multiples tell measurements apart, too.
std::uint64_t manner_of(const Entry& entry) {
  return mixed((static_cast<std::uint64_t>(entry.direction) << 24U) +
               (static_cast<std::uint64_t>(entry.octaves) << 16U) + entry.quanta + 1) |
         1U;
}

}  // namespace

Columns::Columns(const Incidence& incidence, const Signs& signs, double least)
    : parts_(static_cast<std::uint32_t>(incidence.parts())), group_of_part_(incidence.parts(), kNone) {
  const auto of_stretches = uses_of_stretches(incidence, signs);
  sort_into_groups(incidence.touched->by_part<Use>(incidence.parts(), [&](auto stretch, const Touch& touch) {
    return use_of(of_stretches[stretch], entry_of(incidence, touch));
  }));
  link_touches(incidence);
  choose_candidates(incidence, least);
  collect(incidence, of_stretches);
}

void Columns::Use::add(const Use& other) {
  signature += other.signature;
  measurements += other.measurements;
  signs += other.signs;
  low += other.low;
  for (std::size_t d = 0; d < promise.size(); ++d) {
    promise[d] += other.promise[d];
  }
  least_weight = std::min(least_weight, other.least_weight);
}

std::vector<Columns::StretchUse> Columns::uses_of_stretches(const Incidence& incidence, const Signs& signs) {
  std::vector<StretchUse> uses(incidence.touched->stretches());
  for (std::uint32_t m = 0; m < incidence.measurements(); ++m) {
    const auto signature = mixed(m + 1);
    const bool is_sign = signs.is_sign[m], is_low = signs.is_low[m];
    const float promise = signs.promise[m], hope = std::max(promise, 0.0F);
    for (const auto stretch : incidence.touched->stretches_of(incidence.path[m])) {
      auto& use = uses[stretch];
      use.signature += signature;
      ++use.measurements;
      use.signs += is_sign ? 1 : 0;
      use.low += is_low ? 1 : 0;
      use.promise += promise;
      use.hope += hope;
      use.clear_hope += is_sign ? hope : 0;
    }
  }
  return uses;
}

/// What may have gone another way, or be hidden, speaks little against a part, and what is one way of many promises
/// nothing but by clear signs.
Columns::Use Columns::use_of(const StretchUse& stretch, const Entry& entry) {
  if (stretch.measurements == 0) {
    return {};
  }
  Use use{stretch.signature * manner_of(entry), stretch.measurements, stretch.signs, stretch.low};
  const bool speaks_against = entry.weight() >= 1 && !entry.may_be_hidden();
  use.promise[static_cast<std::size_t>(entry.direction)] = speaks_against            ? stretch.promise
                                                           : entry.weight() >= kThin ? stretch.hope
                                                                                     : stretch.clear_hope;
  use.least_weight = entry.weight();
  return use;
}

/// Groups are numbered by their first part.
void Columns::sort_into_groups(const std::vector<Use>& uses) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> order;  // signature, part
  order.reserve(uses.size());
  for (std::uint32_t part = 0; part < uses.size(); ++part) {
    if (uses[part].signature != 0) {
      order.emplace_back(uses[part].signature, part);
    }
  }
  sort_in_parallel(order);
  std::vector<std::uint32_t> first_of(uses.size(), kNone);  // by part: the first with its signature
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool same = i > 0 && order[i].first == order[i - 1].first;
    first_of[order[i].second] = same ? first_of[order[i - 1].second] : order[i].second;
  }
  std::uint32_t groups = 0;
  for (std::uint32_t part = 0; part < uses.size(); ++part) {
    if (first_of[part] != kNone) {
      group_of_part_[part] = first_of[part] == part ? groups++ : group_of_part_[first_of[part]];
    }
  }
  first_member_.assign(groups + 1, 0);
  for (const auto group : group_of_part_) {
    first_member_[group == kNone ? 0 : group + 1] += group == kNone ? 0 : 1;
  }
  std::partial_sum(first_member_.begin(), first_member_.end(), first_member_.begin());
  members_.resize(order.size());
  auto next = first_member_;
  for (std::uint32_t part = 0; part < uses.size(); ++part) {
    if (group_of_part_[part] != kNone) {
      members_[next[group_of_part_[part]]++] = part;
    }
  }
  for (std::uint32_t g = 0; g < groups; ++g) {
    uses_.push_back(uses[members_[first_member_[g]]]);
  }
}

void Columns::link_touches(const Incidence& incidence) {
  first_group_.push_back(0);
  for (const auto group : group_of_part_) {
    if (group != kNone) {
      groups_of_.push_back(group);
    }
    first_group_.push_back(static_cast<std::uint32_t>(groups_of_.size()));
  }
  for (const auto& bundle : incidence.touched->bundles()) {
    const auto begin = static_cast<std::ptrdiff_t>(groups_of_.size());
    for (const auto part : bundle) {
      if (group_of_part_[part] != kNone) {
        groups_of_.push_back(group_of_part_[part]);
      }
    }
    std::sort(groups_of_.begin() + begin, groups_of_.end());
    groups_of_.erase(std::unique(groups_of_.begin() + begin, groups_of_.end()), groups_of_.end());
    first_group_.push_back(static_cast<std::uint32_t>(groups_of_.size()));
  }
}

/// What goes through a part at fault on every way is low for one half at least, in one direction at least.
void Columns::choose_candidates(const Incidence& incidence, double least) {
  constexpr double kLowShare = 0.2;
  for (std::uint32_t g = 0; g < groups(); ++g) {
    const auto& use = uses_[g];
    float evidence = 0;
    for (const auto part : parts_of(g)) {
      evidence = std::max(evidence, incidence.evidence_of(part));
    }
    const bool is_low = use.least_weight < 1 || use.low >= kLowShare * use.measurements;
    is_candidate_.push_back(is_low && most_of(use.promise) + evidence >= least);
  }
}

/// Calls visit(group, touch) for the candidates that a stretch touches. A group's first part stands for it.
template <class Visit>
void Columns::for_each_candidate(std::span<const Touch> stretch, Visit&& visit) const {
  for (const auto& touch : stretch) {
    for (const auto group : groups_of(touch)) {
      if (is_candidate_[group] && (touch.is_bundle() || members_[first_member_[group]] == touch.part)) {
        visit(group, touch);
      }
    }
  }
}

void Columns::collect(const Incidence& incidence, const std::vector<StretchUse>& of_stretches) {
  const auto& touched = *incidence.touched;
  std::vector<std::vector<std::pair<std::uint32_t, Entry>>> by_stretch(touched.stretches());  // what to enter where
  first_entry_.assign(groups() + 1, 0);
  for (PathTouches::Stretch stretch = 0; stretch < by_stretch.size(); ++stretch) {
    for_each_candidate(touched.touches_of(stretch), [&](std::uint32_t group, const Touch& touch) {
      by_stretch[stretch].emplace_back(group, entry_of(incidence, touch));
      first_entry_[group + 1] += of_stretches[stretch].measurements;
    });
  }
  std::partial_sum(first_entry_.begin(), first_entry_.end(), first_entry_.begin());
  entries_.resize(first_entry_.back());
  auto next = first_entry_;
  for (std::uint32_t m = 0; m < incidence.measurements(); ++m) {
    for (const auto stretch : touched.stretches_of(incidence.path[m])) {
      for (auto [group, entry] : by_stretch[stretch]) {
        entry.measurement = m;
        entries_[next[group]++] = entry;
      }
    }
  }
}

}  // namespace plumb::reports
