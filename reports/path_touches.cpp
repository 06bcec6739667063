#include "reports/path_touches.h"

#include <algorithm>

namespace plumb::reports {

PathTouches::Stretch PathTouches::add_stretch(std::span<const Touch> touches) {
  touches_.insert(touches_.end(), touches.begin(), touches.end());
  first_touch_.push_back(touches_.size());
  return static_cast<Stretch>(first_touch_.size() - 2);
}

void PathTouches::add_path(std::span<const Stretch> stretches) {
  stretches_.insert(stretches_.end(), stretches.begin(), stretches.end());
  first_stretch_.push_back(stretches_.size());
}

void PathTouches::add(std::span<const Touch> touches) {
  constexpr std::size_t kEnds = 2;
  std::vector<Stretch> stretches;
  for (std::size_t at = 0; at < touches.size(); at += at < kEnds ? 1 : touches.size()) {
    stretches.push_back(add_stretch(touches.subspan(at, at < kEnds ? 1 : touches.size() - at)));
  }
  add_path(stretches);
}

void PathTouches::reserve(std::size_t paths, std::size_t stretches) {
  constexpr std::size_t kUsualStretches = 5, kUsualTouches = 5;  // of a path, of a stretch: GPU, NIC, host, cables
  first_stretch_.reserve(paths + 1);
  stretches_.reserve(kUsualStretches * paths);
  first_touch_.reserve(stretches + 1);
  touches_.reserve(kUsualTouches * stretches);
}

}  // namespace plumb::reports
