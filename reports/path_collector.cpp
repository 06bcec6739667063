#include "reports/path_collector.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <map>
#include <utility>

namespace plumb::reports {
namespace {

std::uint64_t hash_of(std::span<const Touch> touches) {
  std::uint64_t hash = touches.size();
  const auto mix = [&](std::uint64_t word) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
    hash ^= hash >> 29U;
  };
  for (const auto& touch : touches) {
    mix(static_cast<std::uint64_t>(touch.part) << 8U | static_cast<std::uint64_t>(touch.direction));
    mix(static_cast<std::uint64_t>(std::bit_cast<std::uint32_t>(touch.weight)) << 32U |
        std::bit_cast<std::uint32_t>(touch.headroom));
  }
  return hash;
}

/// Where each bundle of `theirs` is among `bundles`, which grow by those that are new.
std::vector<std::uint32_t> merge(const std::vector<PathTouches::Bundle>& theirs,
                                 std::vector<PathTouches::Bundle>& bundles) {
  std::map<PathTouches::Bundle, std::uint32_t> known;
  for (std::uint32_t b = 0; b < bundles.size(); ++b) {
    known.emplace(bundles[b], b);
  }
  std::vector<std::uint32_t> place_of;
  for (const auto& bundle : theirs) {
    const auto [found, is_new] = known.emplace(bundle, static_cast<std::uint32_t>(bundles.size()));
    place_of.push_back(found->second);
    if (is_new) {
      bundles.push_back(bundle);
    }
  }
  return place_of;
}

}  // namespace

void PathCollector::reserve(std::size_t paths, std::size_t ends) {
  const auto stretches = 2 * ends;  // out and in
  paths_.touches.reserve(paths, stretches);
  stretches_.reserve(stretches);
}

void PathCollector::add_stretch(std::span<const Touch> touches) {
  if (!touches.empty()) {
    chain_.push_back(number_of(touches));
  }
}

void PathCollector::end_failed() {
  paths_.touches.add_path(chain_);
  chain_.clear();
}

void PathCollector::end_measured(const PathClass& one) {
  end_failed();
  paths_.class_of.push_back(number_of(one));
}

PathTouches::Stretch PathCollector::number_of(std::span<const Touch> touches) {
  const auto [known, is_new] = stretches_.try_emplace(hash_of(touches), 0);
  if (is_new) {
    known.value() = paths_.touches.add_stretch(touches);
  }
  return known->second;
}

std::uint32_t PathCollector::number_of(const PathClass& one) {
  const auto known = std::ranges::find(paths_.classes, one);  // there are few
  const auto number = static_cast<std::uint32_t>(known - paths_.classes.begin());
  if (known == paths_.classes.end()) {
    paths_.classes.push_back(one);
  }
  return number;
}

Paths PathCollector::take(std::vector<PathTouches::Bundle> bundles) {
  paths_.touches.set_bundles(std::move(bundles));
  return std::exchange(paths_, {});
}

void PathCollector::append_paths(const PathTouches& theirs, const std::vector<std::uint32_t>& bundle_of) {
  std::vector<PathTouches::Stretch> stretch_of;
  std::vector<Touch> ours;
  for (PathTouches::Stretch s = 0; s < theirs.stretches(); ++s) {
    const auto touches = theirs.touches_of(s);
    ours.assign(touches.begin(), touches.end());
    for (auto& touch : ours) {
      touch.part = touch.is_bundle() ? Touch::kBundle | bundle_of[touch.bundle()] : touch.part;
    }
    stretch_of.push_back(number_of(ours));
  }
  for (std::uint32_t path = 0; path < theirs.size(); ++path) {
    std::ranges::transform(theirs.stretches_of(path), std::back_inserter(chain_),
                           [&](auto s) { return stretch_of[s]; });
    end_failed();
  }
}

std::vector<PathTouches::Bundle> PathCollector::append(const Paths& theirs, std::vector<PathTouches::Bundle> bundles) {
  append_paths(theirs.touches, merge(theirs.touches.bundles(), bundles));
  std::vector<std::uint32_t> class_of;
  std::ranges::transform(theirs.classes, std::back_inserter(class_of),
                         [&](const PathClass& one) { return number_of(one); });
  std::ranges::transform(theirs.class_of, std::back_inserter(paths_.class_of), [&](auto one) { return class_of[one]; });
  return bundles;
}

}  // namespace plumb::reports
