// A rank that is its own peer: what it measures, and that its check can fail.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/pair_meter.h"
#include "bench/transport_backend.h"
#include "tests/bench/memory_transport.h"

namespace plumb::bench {
namespace {

/// One microsecond a look.
class CountingClock final : public Clock {
 public:
  [[nodiscard]] double now_ns() const override { return looks_ += 1'000; }

 private:
  mutable double looks_ = 0;
};

PairFigures loop(PairFigures (PairMeter::*measure)(), int window, int plant_wrong) {
  MemoryFabric fabric(true);
  const auto pairs = make_transport_pairs(std::make_unique<MemoryTransport>(fabric, 0));
  constexpr std::int64_t kBytes = 4096;
  const PairSampling sampling{.window = window, .windows = 6, .pings = 5, .plant_wrong = plant_wrong};
  const auto channel = pairs->open(0, kBytes, sampling.window);
  const CountingClock clock;
  Pulse pulse;
  return (PairMeter(*channel, clock, sampling, {.bytes = kBytes}, pulse).*measure)();
}

TEST(PairLoop, AWindowIsTimedUntilItHasArrived) {
  const auto figures = loop(&PairMeter::loop, 3, -1);
  EXPECT_EQ(figures.samples, 6);
  EXPECT_EQ(figures.p50_ns, 1'000);
  EXPECT_DOUBLE_EQ(figures.bw_Bps, 3 * 4096 / 1e-6);
  EXPECT_EQ(figures.wrong, 0);
}

TEST(PairLoop, LatencyIsOneWayNotHalfOfARoundTrip) {
  const auto figures = loop(&PairMeter::loop_latency, 1, -1);
  EXPECT_EQ(figures.samples, 5);
  EXPECT_EQ(figures.p50_ns, 1'000);
  EXPECT_EQ(figures.wrong, 0);
}

TEST(PairLoop, EachRailHasItsOwnTimeBytesAndWrongData) {
  MemoryFabric fabric(true);
  const auto pairs = make_transport_pairs(std::make_unique<MemoryTransport>(fabric, 0, 2));
  constexpr std::int64_t kBytes = 12'288;  // two pages and one
  const PairSampling sampling{.window = 4, .windows = 6, .plant_wrong = 0};
  const auto channel = pairs->open(0, kBytes, sampling.window);
  const CountingClock clock;
  Pulse pulse;
  PairMeter meter(*channel, clock, sampling, {.bytes = kBytes, .rails = pairs->rails()}, pulse);
  EXPECT_EQ(meter.loop().wrong, 2) << "the middle of four slots is the start of the third: on the first rail";
  const auto rails = meter.take_rails();
  ASSERT_EQ(rails.size(), 2U);
  EXPECT_EQ(rails[0].samples, 6);
  EXPECT_DOUBLE_EQ(rails[0].bw_Bps, 4 * 8192 / 1e-6);
  EXPECT_DOUBLE_EQ(rails[1].bw_Bps, 4 * 4096 / 2e-6);
  EXPECT_EQ(rails[0].wrong, 2);
  EXPECT_EQ(rails[1].wrong, 0);
  EXPECT_EQ(meter.take_rails()[0].samples, 0) << "taken";
}

TEST(PairLoop, AFlippedBitIsSeen) {
  EXPECT_EQ(loop(&PairMeter::loop, 3, 0).wrong, 2) << "in the first window and in the last";
  EXPECT_EQ(loop(&PairMeter::loop_latency, 1, 0).wrong, 1);
}

}  // namespace
}  // namespace plumb::bench
