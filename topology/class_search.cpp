#include "topology/class_search.h"

#include <algorithm>

namespace plumb::topology {

ClassSearch::ClassSearch(const SwitchClasses& classes)
    : classes_(classes), on_way_(classes.size()), place_(classes.size()), placed_(classes.size()) {
  for (auto* side : {&ahead_, &behind_}) {
    side->stamp.resize(classes.size());
    side->distance.resize(classes.size());
  }
}

/// The end itself is no class: its twins are as far from it as any.
void ClassSearch::start(Side& side, std::uint32_t at) {
  side.frontier.clear();
  side.depth = 1;
  for (const auto& step : classes_.steps(at)) {
    side.stamp[step.to] = epoch_;
    side.distance[step.to] = 1;
    side.frontier.push_back(step.to);
  }
}

void ClassSearch::widen(Side& side) {
  side.reached.clear();
  ++side.depth;
  for (const auto one : side.frontier) {
    for (const auto& step : classes_.steps(one)) {
      if (!is_reached(side, step.to)) {
        side.stamp[step.to] = epoch_;
        side.distance[step.to] = side.depth;
        side.reached.push_back(step.to);
      }
    }
  }
  side.frontier.swap(side.reached);
}

/// What the outermost levels of both sides have in common.
void ClassSearch::meet() {
  const bool ahead_is_less = ahead_.frontier.size() < behind_.frontier.size();
  const auto& side = ahead_is_less ? ahead_ : behind_;
  const auto& other = ahead_is_less ? behind_ : ahead_;
  meeting_.clear();
  std::ranges::copy_if(side.frontier, std::back_inserter(meeting_),
                       [&](std::uint32_t one) { return is_reached(other, one) && other.distance[one] == other.depth; });
}

void ClassSearch::mark_back() {
  auto& level = ahead_.reached;
  level = meeting_;
  std::ranges::for_each(level, [&](std::uint32_t one) { on_way_[one] = epoch_; });
  for (auto distance = ahead_.depth; distance > 1; --distance) {
    meeting_.clear();
    for (const auto one : level) {
      for (const auto& step : classes_.steps(one)) {
        if (is_reached(ahead_, step.to) && ahead_.distance[step.to] + 1 == distance && on_way_[step.to] != epoch_) {
          on_way_[step.to] = epoch_;
          meeting_.push_back(step.to);
        }
      }
    }
    level.swap(meeting_);
  }
}

/// Level 0 is next to the start.
bool ClassSearch::leads_on(std::uint32_t to, std::size_t level) const {
  const auto from_start = level + 2;  // its distance
  return from_start <= ahead_.depth
             ? on_way_[to] == epoch_ && ahead_.distance[to] == from_start
             : is_reached(behind_, to) && behind_.distance[to] + from_start == ahead_.depth + behind_.depth;
}

std::uint32_t ClassSearch::cables_onward(std::uint32_t one, std::size_t level) const {
  std::uint32_t cables = 0;
  for (const auto& step : classes_.steps(one)) {
    cables += leads_on(step.to, level) ? step.cables : 0;
  }
  return cables;
}

void ClassSearch::hand_on(const ClassShare& from, std::uint32_t members, std::size_t level,
                          std::vector<ClassShare>& next) {
  const auto cables = static_cast<float>(cables_onward(from.one, level));
  for (const auto& step : classes_.steps(from.one)) {
    if (leads_on(step.to, level)) {
      if (placed_[step.to] != level_epoch_) {
        placed_[step.to] = level_epoch_;
        place_[step.to] = static_cast<std::uint32_t>(next.size());
        next.push_back({step.to, 0});
      }
      const auto each = static_cast<float>(step.cables) / static_cast<float>(classes_.members(step.to).size());
      next[place_[step.to]].share += from.share * static_cast<float>(members) * each / cables;
    }
  }
}

void ClassSearch::spread(std::uint32_t from) {
  const std::size_t levels = ahead_.depth + behind_.depth - 1;
  constexpr std::size_t kBeforeFirst = -1;
  levels_.resize(levels);
  for (std::size_t level = 0; level < levels; ++level) {
    levels_[level].clear();
    ++level_epoch_;
    if (level == 0) {
      hand_on({from, 1}, 1, kBeforeFirst, levels_[0]);
      continue;
    }
    for (const auto& share : levels_[level - 1]) {
      const auto members = static_cast<std::uint32_t>(classes_.members(share.one).size());
      hand_on(share, members, level - 1, levels_[level]);
    }
  }
}

const std::vector<std::vector<ClassShare>>& ClassSearch::find(std::uint32_t from, std::uint32_t to) {
  levels_.clear();
  if (classes_.island(from) != classes_.island(to)) {
    return levels_;
  }
  ++epoch_;
  start(ahead_, from);
  start(behind_, to);
  for (meet(); meeting_.empty(); meet()) {
    if (ahead_.frontier.empty() || behind_.frontier.empty()) {
      return levels_;
    }
    widen(ahead_.frontier.size() <= behind_.frontier.size() ? ahead_ : behind_);
  }
  mark_back();
  spread(from);
  return levels_;
}

}  // namespace plumb::topology
