#include "diag/gpu_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "diag/gpu_options.h"
#include "tests/core/same_interface.h"

#if __has_include(<nvml.h>)
#include <nvml.h>
#define PLUMB_HAS_NVML_HEADER 1
#endif

namespace plumb::diag {
namespace {

template <class Theirs, class Ours>
constexpr bool equals(Ours) {
  return test::SameInterface<Ours, Theirs>::value;
}

#ifdef PLUMB_HAS_NVML_HEADER
constexpr core::NvmlFunctions kNvml;
static_assert(equals<decltype(&::nvmlDeviceGetClockInfo)>(kNvml.clock_MHz));
static_assert(equals<decltype(&::nvmlDeviceGetMaxClockInfo)>(kNvml.max_clock_MHz));
static_assert(equals<decltype(&::nvmlDeviceGetTemperature)>(kNvml.temperature_C));
static_assert(equals<decltype(&::nvmlDeviceGetPowerUsage)>(kNvml.power_mW));
static_assert(equals<decltype(&::nvmlDeviceGetEnforcedPowerLimit)>(kNvml.power_limit_mW));
static_assert(equals<decltype(&::nvmlDeviceGetTotalEccErrors)>(kNvml.ecc_errors));
static_assert(equals<decltype(&::nvmlDeviceGetRemappedRows)>(kNvml.remapped_rows));
static_assert(equals<decltype(&::nvmlDeviceGetRetiredPages)>(kNvml.retired_pages));
static_assert(equals<decltype(&::nvmlDeviceGetCurrPcieLinkWidth)>(kNvml.pcie_width));
static_assert(equals<decltype(&::nvmlDeviceGetNvLinkErrorCounter)>(kNvml.link_errors));
static_assert(sizeof(core::NvmlPciInfo) == sizeof(nvmlPciInfo_t));
#endif

std::optional<double> value_of(const std::vector<core::GpuRow>& rows, std::string_view test) {
  const auto found = std::ranges::find(rows, test, &core::GpuRow::test);
  return found == rows.end() ? std::nullopt : found->value;
}

TEST(PulseRows, MediansOfClocksTheMostOfHeatAndSharesOfReasons) {
  std::vector<GpuPulse> pulses(4);
  for (std::size_t i = 0; i < pulses.size(); ++i) {
    pulses[i] = {.sm_clock_Hz = i == 0 ? 1.98e9 : 1.2e9, .temperature_C = 60.0 + double(i), .throttle = i == 0 ? 0 : 4};
  }
  const auto rows = pulse_rows("gpu/n1/0", pulses);
  EXPECT_EQ(value_of(rows, "sm_clock"), 1.2e9);
  EXPECT_EQ(value_of(rows, "temperature"), 63);
  EXPECT_EQ(value_of(rows, "power"), std::nullopt);  // not told
  EXPECT_EQ(value_of(rows, "throttle_sw_power_cap"), 0.75);
  EXPECT_EQ(value_of(rows, "throttle_hw_thermal"), 0);
  EXPECT_EQ(rows.front().samples, 4);
}

TEST(PulseRows, ALinkThatIsStillAwakingCountsForLittle) {
  std::vector<GpuPulse> pulses(5, {.pcie_generation = 5, .pcie_width = 16});
  pulses[0].pcie_generation = 1;
  const auto rows = pulse_rows("gpu/n1/0", pulses);
  EXPECT_EQ(value_of(rows, "pcie_generation"), 5);
  EXPECT_EQ(value_of(rows, "pcie_width"), 16);
}

TEST(PulseRows, WithoutNvmlThereAreNone) {
  EXPECT_THAT(pulse_rows("gpu/n1/0", std::vector<GpuPulse>(3)), ::testing::IsEmpty());
}

TEST(ConditionRows, CountersOfLinksAreRises) {
  const GpuCondition before{.pcie_replays = 7, .nvlink_errors = 100};
  const GpuCondition after{.remapped_rows = 1, .pcie_replays = 9, .nvlink_errors = 100};
  const auto rows = condition_rows("gpu/n1/0", before, after);
  EXPECT_EQ(value_of(rows, "remapped_rows"), 1);
  EXPECT_EQ(value_of(rows, "pcie_replays"), 2);
  EXPECT_EQ(value_of(rows, "nvlink_errors"), 0);
  EXPECT_EQ(value_of(rows, "retired_pages"), std::nullopt);
}

TEST(RestRows, SayWhenAndNothingThatNvmlDoesNotTell) {
  const auto rows = rest_rows("gpu/n1/0", "after", {.sm_clock_Hz = 3.45e8, .temperature_C = 58});
  ASSERT_EQ(rows.size(), 2);
  EXPECT_EQ(value_of(rows, "sm_clock_after"), 3.45e8);
  EXPECT_EQ(rows[0].unit, "Hz_rest");
  EXPECT_EQ(value_of(rows, "temperature_after"), 58);
}

TEST(FindDevice, NoneWithoutTheLibrary) {
  const core::NvmlLibrary nvml("libnothing-of-the-kind.so.1");
  EXPECT_EQ(nvml.why_absent(), "libnothing-of-the-kind.so.1 not found");
  EXPECT_FALSE(find_device(nvml, "0000:17:00.0"));
}

TEST(GpuOptions, QuickAndSoak) {
  const char* quick[] = {"plumb-gpu", "--quick"};
  EXPECT_EQ(parse_gpu_options(2, quick).load_s, 10);
  const char* soak[] = {"plumb-gpu", "--soak", "2"};
  EXPECT_EQ(parse_gpu_options(3, soak).load_s, 120);
  EXPECT_EQ(parse_gpu_options(1, quick).load_s, 30);
}

}  // namespace
}  // namespace plumb::diag
