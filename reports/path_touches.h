// The parts that measurements went through, path by path. Paths have most of what they touch in common: a path is a
// chain of stretches, and each stretch is kept once.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

namespace plumb::reports {

/// Traffic uses a part in one of two directions; `both` where that means nothing (a switch).
enum class Direction : std::uint8_t { both, out, in };

/// A measurement went through this part with this probability (1 unless the path is one of several), or through each
/// part of this bundle.
struct Touch {
  static constexpr std::uint32_t kBundle = 0x80000000;  // in `part`, with the bundle's number

  std::uint32_t part = 0;
  Direction direction = Direction::both;
  float weight = 1;
  float headroom = 1;  // its own usual rate over that of the slowest on the path: a slow part may be hidden by it

  [[nodiscard]] bool is_bundle() const { return (part & kBundle) != 0; }
  [[nodiscard]] std::uint32_t bundle() const { return part & ~kBundle; }
};

class PathTouches {
 public:
  using Stretch = std::uint32_t;
  using Bundle = std::vector<std::uint32_t>;  // parts that paths touch with one weight each: ways under ECMP

  Stretch add_stretch(std::span<const Touch> touches);
  /// The next path. The first touch of the first stretch is its source, that of the second its destination.
  void add_path(std::span<const Stretch> stretches);
  /// A path with stretches of its own: first its source, then its destination, then all else.
  void add(std::span<const Touch> touches);
  void set_bundles(std::vector<Bundle> bundles) { bundles_ = std::move(bundles); }
  void reserve(std::size_t paths, std::size_t stretches);

  [[nodiscard]] std::size_t size() const { return first_stretch_.size() - 1; }
  [[nodiscard]] std::size_t stretches() const { return first_touch_.size() - 1; }
  [[nodiscard]] const std::vector<Bundle>& bundles() const { return bundles_; }
  [[nodiscard]] std::span<const Stretch> stretches_of(std::uint32_t path) const {
    return {stretches_.data() + first_stretch_[path], stretches_.data() + first_stretch_[path + 1]};
  }
  [[nodiscard]] std::span<const Touch> touches_of(Stretch stretch) const {
    return {touches_.data() + first_touch_[stretch], touches_.data() + first_touch_[stretch + 1]};
  }

  template <class Visit>
  void for_each(std::uint32_t path, Visit&& visit) const {
    for (const auto stretch : stretches_of(path)) {
      for (const auto& touch : touches_of(stretch)) {
        visit(touch);
      }
    }
  }
  /// Its source and its destination.
  template <class Visit>
  void for_each_end(std::uint32_t path, Visit&& visit) const {
    const auto stretches = stretches_of(path);
    for (std::size_t end = 0; end < 2 && end < stretches.size(); ++end) {
      visit(touches_of(stretches[end]).front());
    }
  }
  /// Calls visit(part, touch) for each, with the parts of bundles one by one.
  template <class Visit>
  void for_each_part(Stretch stretch, Visit&& visit) const {
    for (const auto& touch : touches_of(stretch)) {
      if (!touch.is_bundle()) {
        visit(touch.part, touch);
        continue;
      }
      for (const auto part : bundles_[touch.bundle()]) {
        visit(part, touch);
      }
    }
  }
  /// Sums up by part what measurements say of each stretch: use_of(stretch, touch) has an add(). `parts` are all.
  template <class Use, class UseOf>
  [[nodiscard]] std::vector<Use> by_part(std::size_t parts, UseOf&& use_of) const {
    std::vector<Use> uses(parts), of_bundles(bundles_.size());
    for (Stretch stretch = 0; stretch < stretches(); ++stretch) {
      for (const auto& touch : touches_of(stretch)) {
        (touch.is_bundle() ? of_bundles[touch.bundle()] : uses[touch.part]).add(use_of(stretch, touch));
      }
    }
    for (std::size_t b = 0; b < bundles_.size(); ++b) {
      for (const auto part : bundles_[b]) {
        uses[part].add(of_bundles[b]);
      }
    }
    return uses;
  }

 private:
  std::vector<std::uint64_t> first_stretch_{0}, first_touch_{0};  // compressed rows: by path, by stretch
  std::vector<Stretch> stretches_;
  std::vector<Touch> touches_;
  std::vector<Bundle> bundles_;
};

}  // namespace plumb::reports
