#include "reports/path_touches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plumb::reports {
namespace {

struct Sum {
  float weight = 0;
  void add(const Sum& other) { weight += other.weight; }
};

/// Parts 0 and 1 are ends, 2 and 3 a bundle that both paths share, 4 lies on the second path alone.
PathTouches two_paths() {
  PathTouches touches;
  touches.set_bundles({{2, 3}});
  const auto source = touches.add_stretch(std::vector<Touch>{{0, Direction::out}, {4, Direction::out, 0.5F}});
  const auto destination = touches.add_stretch(std::vector<Touch>{{1, Direction::in}});
  const auto between = touches.add_stretch(std::vector<Touch>{{Touch::kBundle, Direction::both, 0.25F}});
  touches.add_path(std::vector{source, destination, between});
  touches.add(std::vector<Touch>{{1, Direction::out}, {0, Direction::in}, {Touch::kBundle, Direction::both, 0.25F}});
  return touches;
}

TEST(PathTouches, TellEndsAndAllBetween) {
  const auto touches = two_paths();
  ASSERT_EQ(touches.size(), 2U);
  for (const std::uint32_t path : {0U, 1U}) {
    std::vector<std::uint32_t> ends, all;
    touches.for_each_end(path, [&](const Touch& touch) { ends.push_back(touch.part); });
    touches.for_each(path, [&](const Touch& touch) { all.push_back(touch.part); });
    EXPECT_THAT(ends, testing::ElementsAre(path, 1 - path));
    EXPECT_EQ(all.size(), path == 0 ? 4U : 3U);
  }
}

TEST(PathTouches, SumsByPartTakeBundlesApart) {
  const auto touches = two_paths();
  const auto sums = touches.by_part<Sum>(5, [](PathTouches::Stretch, const Touch& touch) { return Sum{touch.weight}; });
  std::vector<float> weights;
  std::ranges::transform(sums, std::back_inserter(weights), &Sum::weight);
  EXPECT_THAT(weights, testing::ElementsAre(2, 2, 0.5, 0.5, 0.5));
}

}  // namespace
}  // namespace plumb::reports
