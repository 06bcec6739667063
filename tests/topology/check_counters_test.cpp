#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/topology/maps.h"
#include "topology/checks.h"

namespace plumb::topology {
namespace {

using test::faults;
using test::told;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr auto* kPort = "switch/leaf1:17";

struct Value {
  std::string counter;
  std::int64_t before, after;
};

core::PortRow reading(const std::string& phase, const std::string& port, const std::string& counter,
                      std::int64_t value) {
  return {phase == "before" ? 5 * kSecond : 15 * kSecond, phase, "switch/leaf1", port, counter, value};
}

/// Ten seconds of a 200 Gb/s port: 2e12 bits.
Graph port_with(const std::vector<Value>& values) {
  GraphBuilder builder;
  builder.add(test::cable("switch/leaf1", "17", "switch/spine1", "1", 25e9));
  for (const auto& value : values) {
    builder.add(reading("before", "17", value.counter, value.before));
    builder.add(reading("after", "17", value.counter, value.after));
  }
  return std::move(builder).seal();
}

TEST(Counters, QuietPortsAreOnePassRow) {
  const auto graph = port_with({{"symbol_error", 7, 7}, {"link_downed", 0, 0}, {"port_xmit_data_bytes", 1, 900}});
  EXPECT_THAT(faults(check_counters, graph), IsEmpty());
  EXPECT_THAT(test::passes(check_counters, graph), ElementsAre("errors: 1 ports"));
  EXPECT_THAT(test::passes(check_counters, test::synthetic("fat-tree:hosts=4")), IsEmpty());
}

TEST(Counters, EveryErrorCounterThatRisesIsTold) {
  for (const auto* counter : {"link_error_recovery", "port_rcv_errors", "port_xmit_discards",
                              "excessive_buffer_overrun_errors", "port_rcv_remote_physical_errors", "VL15_dropped",
                              "port_xmit_constraint_errors", "PortRcvErrors", "LinkErrorRecoveryCounter"}) {
    EXPECT_THAT(faults(check_counters, port_with({{counter, 2, 3}})), ElementsAre(std::string("warn errors ") + kPort))
        << counter;
  }
  for (const auto* counter : {"link_downed", "local_link_integrity_errors", "LinkDownedCounter"}) {
    EXPECT_THAT(faults(check_counters, port_with({{counter, 2, 3}})), ElementsAre(std::string("fail errors ") + kPort))
        << counter;
  }
}

TEST(Counters, CongestionAndMulticastAreNoErrors) {
  EXPECT_THAT(faults(check_counters, port_with({{"port_xmit_wait", 0, 900}, {"port_rcv_switch_relay_errors", 0, 4}})),
              IsEmpty());
}

TEST(Counters, SymbolErrorsAreHeldAgainstTheBitsThatPassed) {
  EXPECT_THAT(faults(check_counters, port_with({{"symbol_error", 0, 3}})), ElementsAre(HasSubstr("warn errors")));
  EXPECT_THAT(faults(check_counters, port_with({{"symbol_error", 0, 1234}})), ElementsAre(HasSubstr("fail errors")));
}

TEST(Counters, SymbolErrorsWithoutARateAreHeldAgainstTheDataThatCame) {
  const auto judged = [](std::int64_t bytes) {
    GraphBuilder builder;  // no cable: no rate
    for (const auto* phase : {"before", "after"}) {
      const bool is_after = std::string(phase) == "after";
      builder.add(reading(phase, "17", "symbol_error", is_after ? 100 : 0));
      builder.add(reading(phase, "17", "port_rcv_data_bytes", is_after ? bytes : 0));
    }
    return faults(check_counters, std::move(builder).seal());
  };
  EXPECT_THAT(judged(1'000'000'000), ElementsAre(HasSubstr("fail errors")));
  EXPECT_THAT(judged(1'000'000'000'000'000), ElementsAre(HasSubstr("warn errors")));
}

TEST(Counters, ReadingWithoutATimeTellsNoBits) {
  GraphBuilder builder;  // 10^9 s would hide any rate
  builder.add(test::cable("switch/leaf1", "17", "switch/spine1", "1", 25e9));
  builder.add(core::PortRow{0, "before", "switch/leaf1", "17", "symbol_error", 0});
  builder.add({1'700'000'000 * kSecond, "after", "switch/leaf1", "17", "symbol_error", 1000});
  builder.add(core::PortRow{0, "before", "switch/leaf1", "17", "port_rcv_data_bytes", 0});
  builder.add({1'700'000'000 * kSecond, "after", "switch/leaf1", "17", "port_rcv_data_bytes", 1'000'000'000});
  EXPECT_THAT(faults(check_counters, std::move(builder).seal()), ElementsAre(HasSubstr("fail errors")));
}

TEST(Counters, OneRowAPortNamesAllThatRose) {
  const auto graph = port_with({{"port_rcv_errors", 1, 5}, {"link_downed", 0, 2}});
  EXPECT_EQ(told(check_counters, graph), "link_downed +2, port_rcv_errors +4 | no rise between two readings");
}

TEST(Counters, SaturatedCounterCannotTell) {
  EXPECT_THAT(faults(check_counters, port_with({{"symbol_error", 65535, 65535}})),
              ElementsAre(std::string("warn counter_saturated ") + kPort));
  EXPECT_THAT(faults(check_counters, port_with({{"link_downed", 255, 255}})),
              ElementsAre(HasSubstr("counter_saturated")));
  EXPECT_THAT(faults(check_counters, port_with({{"local_link_integrity_errors", 3, 15}})),
              ElementsAre(HasSubstr("counter_saturated"), HasSubstr("fail errors")));
  EXPECT_THAT(faults(check_counters, port_with({{"port_rcv_data", 0xffffffff, 0xffffffff}})),
              ElementsAre(HasSubstr("counter_saturated")));
  EXPECT_THAT(faults(check_counters, port_with({{"port_rcv_data_bytes", 12, 4LL * 0xffffffff}})),
              ElementsAre(HasSubstr("counter_saturated")));
}

TEST(Counters, ExtendedCountersNeverFill) {
  for (const auto* counter : {"symbol_error_ext", "SymbolErrorCounterExt", "symbol_error_extended"}) {
    EXPECT_THAT(faults(check_counters, port_with({{counter, 65535, 65535}})), IsEmpty()) << counter;
    EXPECT_THAT(faults(check_counters, port_with({{counter, 65535, 70000}})), ElementsAre(HasSubstr("fail errors")));
  }
  EXPECT_THAT(faults(check_counters, port_with({{"port_rcv_data_ext_bytes", 12, 4LL * 0xffffffff}})), IsEmpty());
}

TEST(Counters, WiderCountersGoOnBeyondTheClassicField) {
  EXPECT_THAT(faults(check_counters, port_with({{"symbol_error", 65535, 65536}})),
              ElementsAre(HasSubstr("warn errors")));
  EXPECT_THAT(faults(check_counters, port_with({{"port_rcv_data_bytes", 4LL * 0xffffffff, 5LL * 0xffffffff}})),
              IsEmpty());
}

TEST(Counters, FallingCounterWasCleared) {
  EXPECT_THAT(faults(check_counters, port_with({{"symbol_error", 9, 2}, {"port_rcv_data", 900, 1}})),
              ElementsAre(std::string("warn counter_reset ") + kPort));
}

TEST(Counters, OneReadingTellsOnlyThatErrorsStandThere) {
  GraphBuilder builder;
  builder.add(reading("before", "17", "symbol_error", 12));
  builder.add(reading("before", "18", "symbol_error", 0));
  EXPECT_EQ(told(check_counters, std::move(builder).seal()), "symbol_error 12 since the last clear | 0");
}

TEST(Counters, OneReadingOfManyPortsNamesTheWorst) {
  GraphBuilder builder;
  for (int port = 1; port <= 100; ++port) {
    builder.add(reading("after", std::to_string(port), "symbol_error", port));
  }
  const auto rows = faults(check_counters, std::move(builder).seal());
  ASSERT_THAT(rows, SizeIs(21));
  EXPECT_EQ(rows[0], "warn errors switch/leaf1:100");
  EXPECT_EQ(rows[20], "warn errors ");
}

TEST(Counters, OfSeveralReadingsTheFirstAndTheLastCount) {
  GraphBuilder builder;
  builder.add({20 * kSecond, "after", "switch/leaf1", "1", "port_rcv_errors", 9});
  builder.add({15 * kSecond, "after", "switch/leaf1", "1", "port_rcv_errors", 6});
  builder.add({5 * kSecond, "before", "switch/leaf1", "1", "port_rcv_errors", 2});
  builder.add({6 * kSecond, "before", "switch/leaf1", "1", "port_rcv_errors", 5});
  EXPECT_THAT(told(check_counters, std::move(builder).seal()), HasSubstr("port_rcv_errors +7"));
}

}  // namespace
}  // namespace plumb::topology
