#include "reports/columns.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace plumb::reports {
namespace {

/// splitmix64's finalizer: sums of it tell sets apart.
std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31U);
}

Entry entry_of(const Incidence& incidence, std::uint32_t m, const Touch& touch) {
  const auto direction = incidence.two_way[m] ? Direction::both : touch.direction;
  const auto octaves = touch.headroom > 1 ? std::lround(std::log2(touch.headroom) * Entry::kSteps) : 0;
  return {m, direction, static_cast<std::uint8_t>(std::min(octaves, 255L)),
          static_cast<std::uint16_t>(std::lround(std::min(touch.weight, 1.0F) * Entry::kQuanta))};
}

std::uint64_t signature_of(const Entry& entry) {
  return mixed((static_cast<std::uint64_t>(entry.measurement) << 32U) +
               (static_cast<std::uint64_t>(entry.direction) << 24U) +
               (static_cast<std::uint64_t>(entry.octaves) << 16U) + entry.quanta + 1);
}

/// Parts first, then bundles.
std::uint32_t column_of(const Incidence& incidence, const Touch& touch) {
  return touch.is_bundle() ? static_cast<std::uint32_t>(incidence.parts()) + touch.bundle() : touch.part;
}

template <class Visit>
void for_each_touch(const Incidence& incidence, Visit&& visit) {
  for (std::uint32_t m = 0; m < incidence.measurements(); ++m) {
    for (const auto& touch : incidence.touched->of(incidence.path[m])) {
      visit(column_of(incidence, touch), entry_of(incidence, m, touch));
    }
  }
}

}  // namespace

Columns::Columns(const Incidence& incidence, const Signs& signs, double least)
    : parts_(static_cast<std::uint32_t>(incidence.parts())), group_of_part_(incidence.parts(), kNone) {
  sort_into_groups(uses_of(incidence, signs));
  link_touches(incidence);
  choose_candidates(incidence, least);
  collect(incidence);
}

void Columns::Use::add(const Use& other) {
  signature += other.signature;
  measurements += other.measurements;
  signs += other.signs;
  low += other.low;
  promise += other.promise;
  least_weight = std::min(least_weight, other.least_weight);
}

/// By part. What is one way of many promises nothing but by clear signs.
std::vector<Columns::Use> Columns::uses_of(const Incidence& incidence, const Signs& signs) const {
  const auto& bundles = incidence.touched->bundles;
  std::vector<Use> uses(incidence.parts() + bundles.size());
  for_each_touch(incidence, [&](std::uint32_t column, const Entry& entry) {
    const auto m = entry.measurement;
    const bool counts = signs.is_sign[m] || entry.weight() >= kThin;
    uses[column].add({signature_of(entry), 1, signs.is_sign[m] ? 1U : 0U, signs.is_low[m] ? 1U : 0U,
                      counts ? signs.promise[m] : 0, entry.weight()});
  });
  for (std::size_t b = 0; b < bundles.size(); ++b) {
    for (const auto part : bundles[b]) {
      uses[part].add(uses[incidence.parts() + b]);
    }
  }
  uses.resize(incidence.parts());
  return uses;
}

/// Groups are numbered by their first part.
void Columns::sort_into_groups(const std::vector<Use>& uses) {
  std::vector<std::uint64_t> signatures(uses.size());
  std::ranges::transform(uses, signatures.begin(), &Use::signature);
  std::vector<std::uint32_t> order;
  for (std::uint32_t part = 0; part < signatures.size(); ++part) {
    if (signatures[part] != 0) {
      order.push_back(part);
    }
  }
  std::ranges::stable_sort(order, {}, [&](std::uint32_t part) { return signatures[part]; });
  std::vector<std::uint32_t> first_of(signatures.size(), kNone);  // by part: the first with its signature
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool same = i > 0 && signatures[order[i]] == signatures[order[i - 1]];
    first_of[order[i]] = same ? first_of[order[i - 1]] : order[i];
  }
  std::uint32_t groups = 0;
  for (std::uint32_t part = 0; part < signatures.size(); ++part) {
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
  for (std::uint32_t part = 0; part < signatures.size(); ++part) {
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
  for (const auto& bundle : incidence.touched->bundles) {
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
    is_candidate_.push_back(is_low && use.promise + evidence >= least);
  }
}

/// A group's first part stands for it.
void Columns::collect(const Incidence& incidence) {
  const auto each = [&](auto&& visit) {
    for_each_touch(incidence, [&](std::uint32_t column, const Entry& entry) {
      for (const auto group : groups_of_column(column)) {
        if (is_candidate_[group] && (column >= parts_ || members_[first_member_[group]] == column)) {
          visit(group, entry);
        }
      }
    });
  };
  first_entry_.assign(groups() + 1, 0);
  each([&](std::uint32_t group, const Entry&) { ++first_entry_[group + 1]; });
  std::partial_sum(first_entry_.begin(), first_entry_.end(), first_entry_.begin());
  entries_.resize(first_entry_.back());
  auto next = first_entry_;
  each([&](std::uint32_t group, const Entry& entry) { entries_[next[group]++] = entry; });
}

}  // namespace plumb::reports
