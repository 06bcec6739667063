// A fleet that moves as a whole from night to night is not told that everybody got slower.
#include "reports/history_shifts.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/reports/history_fleet.h"

namespace plumb::reports {
namespace {

TEST(HistoryShifts, AFleetThatMovesByThreePercentEachNightIsToldSeldomOnItsSixth) {
  int told = 0;
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    test::PastFleet fleet;
    fleet.hosts = 4;
    fleet.runs = 6;
    fleet.seed = seed;
    fleet.questions = {"bandwidth out"};
    std::mt19937_64 random(seed);
    std::normal_distribution<double> weather(1, 0.03);
    std::vector<double> of_night(fleet.runs);
    std::ranges::generate(of_night, [&] { return weather(random); });
    fleet.factor = [&](std::size_t, std::size_t ago) { return of_night[ago]; };
    const auto past = fleet.past();
    told += common_shifts(past, past.series[0]).empty() ? 0 : 1;
  }
  EXPECT_LE(told, 10);  // 3 are expected; with the MAD alone it were 37
}

}  // namespace
}  // namespace plumb::reports
