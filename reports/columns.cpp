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
  const auto octaves = std::lround(std::log2(std::max(touch.headroom, 1.0F)) * Entry::kSteps);
  return {m, direction, static_cast<std::uint8_t>(std::min(octaves, 255L)),
          static_cast<std::uint16_t>(std::lround(std::min(touch.weight, 1.0F) * Entry::kQuanta))};
}

std::uint64_t signature_of(const Entry& entry) {
  return mixed((static_cast<std::uint64_t>(entry.measurement) << 32U) +
               (static_cast<std::uint64_t>(entry.direction) << 24U) +
               (static_cast<std::uint64_t>(entry.octaves) << 16U) + entry.quanta + 1);
}

/// Parts first, then bundles.
std::uint32_t column_of(const Incidence& incidence, std::uint32_t touched) {
  const bool is_bundle = (touched & Touch::kBundle) != 0;
  return is_bundle ? static_cast<std::uint32_t>(incidence.parts()) + (touched & ~Touch::kBundle) : touched;
}

template <class Visit>
void for_each_touch(const Incidence& incidence, Visit&& visit) {
  for (std::uint32_t m = 0; m < incidence.measurements(); ++m) {
    for (const auto& touch : incidence.touched->of(incidence.path[m])) {
      visit(column_of(incidence, touch.part), entry_of(incidence, m, touch));
    }
  }
}

/// By part: the sum over all its entries, 0 when it has none.
std::vector<std::uint64_t> signatures_of(const Incidence& incidence) {
  const auto& bundles = incidence.touched->bundles;
  std::vector<std::uint64_t> sums(incidence.parts() + bundles.size());
  for_each_touch(incidence, [&](std::uint32_t column, const Entry& entry) { sums[column] += signature_of(entry); });
  for (std::size_t b = 0; b < bundles.size(); ++b) {
    for (const auto part : bundles[b]) {
      sums[part] += sums[incidence.parts() + b];
    }
  }
  sums.resize(incidence.parts());
  return sums;
}

}  // namespace

Columns::Columns(const Incidence& incidence) : group_of_part_(incidence.parts(), kNone) {
  sort_into_groups(signatures_of(incidence));
  link_touches(incidence);
  collect(incidence);
}

/// Groups are numbered by their first part.
void Columns::sort_into_groups(const Signatures& signatures) {
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
}

void Columns::link_touches(const Incidence& incidence) {
  parts_ = static_cast<std::uint32_t>(incidence.parts());
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

/// A group's first part stands for it.
void Columns::collect(const Incidence& incidence) {
  const auto each = [&](auto&& visit) {
    for_each_touch(incidence, [&](std::uint32_t column, const Entry& entry) {
      for (const auto group : groups_of_column(column)) {
        if (column >= incidence.parts() || members_[first_member_[group]] == column) {
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
