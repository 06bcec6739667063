#include "topology/switch_ways.h"

#include <algorithm>
#include <map>

#include "topology/paths.h"

namespace plumb::topology {
namespace {

constexpr float kLeastShare = PathFinder::kLeastShare * 0.9999F;  // sums of shares are rounded

std::uint64_t key_of(std::uint32_t high, std::uint32_t low) { return static_cast<std::uint64_t>(high) << 32U | low; }

}  // namespace

SwitchWays::SwitchWays(const Graph& graph) : graph_(graph), classes_(graph), search_(classes_) {}

const SwitchWay& SwitchWays::between(NodeIndex from, NodeIndex to) {
  way_.bundles.clear();
  way_.first = way_.last = 0;
  way_.switches = 1;
  if (from != to) {
    const auto& pattern = patterns_[pattern_of(from, to)];
    way_.switches = pattern.switches;
    if (pattern.direct_share >= kLeastShare) {
      append(direct_bundles(from, to), true, pattern.direct_share);
    }
    way_.first = append_end(from, true, pattern.first);
    way_.bundles.insert(way_.bundles.end(), pattern.between.begin(), pattern.between.end());
    way_.last = append_end(to, false, pattern.last);
  }
  return way_;
}

std::uint32_t SwitchWays::switches_between(NodeIndex from, NodeIndex to) {
  return from == to ? 1 : patterns_[pattern_of(from, to)].switches;
}

std::uint32_t SwitchWays::pattern_of(NodeIndex from, NodeIndex to) {
  const auto key = key_of(classes_.of(from), classes_.of(to));
  if (const auto known = pattern_of_.find(key); known != pattern_of_.end()) {
    return known->second;
  }
  const auto cables = classes_.cables_between(classes_.of(from), classes_.of(to));
  patterns_.push_back(cables > 0 ? direct(cables) : search(from, to));
  const auto pattern = static_cast<std::uint32_t>(patterns_.size() - 1);
  pattern_of_.emplace(key, pattern);
  return pattern;
}

/// Over the cables that join the two; between() looks for them.
SwitchWays::Pattern SwitchWays::direct(std::uint32_t cables) {
  Pattern pattern;
  pattern.switches = 2;
  pattern.direct_share = 1 / static_cast<float>(cables);
  return pattern;
}

SwitchWays::Pattern SwitchWays::search(NodeIndex from, NodeIndex to) {
  Pattern pattern;
  const auto& levels = search_.find(classes_.of(from), classes_.of(to));
  if (levels.empty()) {
    return pattern;
  }
  pattern.switches = static_cast<std::uint32_t>(levels.size()) + 2;
  std::vector<ClassShare> cable_shares;
  const auto first_cables = static_cast<float>(search_.cables_onward(classes_.of(from), static_cast<std::size_t>(-1)));
  for (const auto& one : levels.front()) {
    cable_shares.push_back({one.one, 1 / first_cables});
  }
  pattern.first = ends_at(from, cable_shares);
  for (std::size_t level = 0; level < levels.size(); ++level) {
    add_level(level, pattern);
  }
  cable_shares.clear();
  for (const auto& one : levels.back()) {
    cable_shares.push_back(
        {one.one, one.share / static_cast<float>(classes_.cables_between(one.one, classes_.of(to)))});
  }
  pattern.last = ends_at(to, cable_shares);
  return pattern;
}

/// The switches of a level, and the cables from it to the next one.
void SwitchWays::add_level(std::size_t level, Pattern& pattern) {
  const auto& levels = search_.levels();
  add_nodes(levels[level], pattern);
  if (level + 1 == levels.size()) {
    return;
  }
  CablesByShare cables;
  for (const auto& one : levels[level]) {
    const float share = one.share / static_cast<float>(search_.cables_onward(one.one, level));
    if (share >= kLeastShare) {
      add_cables(one.one, level, share, cables);
    }
  }
  for (auto& [key, links] : cables) {
    std::ranges::sort(links);
    pattern.between.push_back({bundles_.of_cables(links), key.second, key.first});
  }
}

void SwitchWays::add_nodes(const std::vector<ClassShare>& level, Pattern& pattern) {
  std::map<float, std::vector<NodeIndex>> by_share;
  for (const auto& [one, share] : level) {
    if (share >= kLeastShare) {
      const auto members = classes_.members(one);
      auto& nodes = by_share[share];
      nodes.insert(nodes.end(), members.begin(), members.end());
    }
  }
  for (auto& [share, nodes] : by_share) {
    std::ranges::sort(nodes);
    pattern.between.push_back({bundles_.of_nodes(nodes), true, share});
  }
}

void SwitchWays::add_cables(std::uint32_t from, std::size_t level, float share, CablesByShare& cables) {
  for (const auto node : classes_.members(from)) {
    for (const auto& hop : classes_.hops(node)) {
      if (search_.leads_on(classes_.of(hop.to), level)) {
        cables[{share, graph_.link(hop.link).a == node}].push_back(hop.link);
      }
    }
  }
}

/// Cables between a switch and the classes of a level, by share.
std::vector<SwitchWays::EndShare> SwitchWays::ends_at(NodeIndex node, const std::vector<ClassShare>& level) {
  std::map<float, Places> by_share;
  const auto hops = classes_.hops(node);
  std::map<std::uint32_t, float> share_of;
  for (const auto& [one, share] : level) {
    share_of.emplace(one, share);
  }
  for (std::uint32_t i = 0; i < hops.size(); ++i) {
    const auto known = share_of.find(classes_.of(hops[i].to));
    if (known != share_of.end() && known->second >= kLeastShare) {
      by_share[known->second].push_back(i);
    }
  }
  std::vector<EndShare> ends;
  for (const auto& [share, places] : by_share) {
    ends.push_back({intern(places), share});
  }
  return ends;
}

std::uint32_t SwitchWays::intern(const Places& places) {
  const auto [known, is_new] = index_of_places_.emplace(places, static_cast<std::uint32_t>(places_.size()));
  if (is_new) {
    places_.push_back(places);
  }
  return known->second;
}

/// Places of a switch's hops as bundles.
template <class IsMeant>
SwitchWays::EndBundles SwitchWays::bundles_of(NodeIndex node, IsMeant&& is_meant) {
  const auto hops = classes_.hops(node);
  std::array<std::vector<LinkIndex>, 2> cables;
  for (std::uint32_t place = 0; place < hops.size(); ++place) {
    if (is_meant(place, hops[place])) {
      cables[graph_.link(hops[place].link).a == node ? 0 : 1].push_back(hops[place].link);
    }
  }
  EndBundles bundles{kNone, kNone};
  for (const std::size_t side : {0U, 1U}) {
    bundles[side] = cables[side].empty() ? kNone : bundles_.of_cables(cables[side]);
  }
  return bundles;
}

const SwitchWays::EndBundles& SwitchWays::bundles_at(NodeIndex node, std::uint32_t places) {
  const auto key = key_of(node, places);
  if (const auto known = at_end_.find(key); known != at_end_.end()) {
    return known->second;
  }
  const auto is_meant = [&](std::uint32_t place, const Hop&) {
    return std::ranges::binary_search(places_[places], place);
  };
  return at_end_.emplace(key, bundles_of(node, is_meant)).first->second;
}

const SwitchWays::EndBundles& SwitchWays::direct_bundles(NodeIndex from, NodeIndex to) {
  const auto key = key_of(from, to);
  if (const auto known = direct_.find(key); known != direct_.end()) {
    return known->second;
  }
  return direct_.emplace(key, bundles_of(from, [&](std::uint32_t, const Hop& hop) { return hop.to == to; }))
      .first->second;
}

void SwitchWays::append(const EndBundles& bundles, bool is_source, float share) {
  for (const std::size_t side : {0U, 1U}) {
    if (bundles[side] != kNone) {
      way_.bundles.push_back({bundles[side], is_source == (side == 0), share});
    }
  }
}

/// Returns how many bundles that was.
std::uint32_t SwitchWays::append_end(NodeIndex node, bool is_source, const std::vector<EndShare>& shares) {
  const auto before = way_.bundles.size();
  for (const auto& [places, share] : shares) {
    append(bundles_at(node, places), is_source, share);
  }
  return static_cast<std::uint32_t>(way_.bundles.size() - before);
}

}  // namespace plumb::topology
