#include "bench/port_log.h"

#include <gmock/gmock.h>

#include "bench/rdma_ports.h"
#include "tests/core/temporary_dir.h"

namespace plumb::bench {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

/// A captured host: one RoCE port as mlx5 shows it, and one that is down and counts nothing.
class PortLogTest : public testing::Test {
 protected:
  PortLogTest() {
    const std::string port = "sys/class/infiniband/mlx5_0/ports/1/";
    put(port + "state", "4: ACTIVE\n");
    put(port + "rate", "400 Gb/sec (4X NDR)\n");
    put(port + "link_layer", "Ethernet\n");
    put(port + "counters/symbol_error", "17\n");
    put(port + "hw_counters/out_of_sequence", "5\n");
    put(port + "hw_counters/lifespan", "10\n");
    put(port + "hw_counters/broken", "N/A\n");
    put("sys/class/infiniband/mlx5_1/ports/1/state", "1: DOWN\n");
  }

  void put(const std::string& path, const std::string& text) const { (void)dir_.write(path, text); }

  test::TemporaryDir dir_;
};

auto is_reading(const std::string& counter, std::int64_t value) {
  return AllOf(Field(&core::PortRow::node, "nic/n1/mlx5_0"), Field(&core::PortRow::port, "1"),
               Field(&core::PortRow::counter, counter), Field(&core::PortRow::value, value),
               Field(&core::PortRow::phase, "before"), Field(&core::PortRow::t_unix_ns, 7));
}

TEST_F(PortLogTest, ReadsBothFoldersAndWholeNumbersOnly) {
  EXPECT_THAT(read_port_counters(dir_.path(), "n1", "before", 7),
              ElementsAre(is_reading("symbol_error", 17), is_reading("out_of_sequence", 5)));
}

TEST_F(PortLogTest, WhatStandsStillIsLeftOutButForAPortsFirst) {
  const auto row = [](const std::string& phase, const std::string& port, const std::string& counter, int value) {
    return core::PortRow{0, phase, "nic/n1/mlx5_0", port, counter, value};
  };
  const auto told = rows_that_moved(
      {row("before", "1", "link_downed", 3), row("before", "1", "symbol_error", 5), row("before", "1", "gone", 1),
       row("before", "2", "link_downed", 0), row("before", "2", "symbol_error", 0)},
      {row("after", "1", "link_downed", 3), row("after", "1", "symbol_error", 9), row("after", "2", "link_downed", 0),
       row("after", "2", "symbol_error", 0), row("after", "2", "new", 0)});
  std::vector<std::string> words;
  for (const auto& one : told) {
    words.push_back(one.phase + " " + one.port + " " + one.counter);
  }
  EXPECT_THAT(words,
              ElementsAre("before 1 link_downed", "before 1 symbol_error", "before 1 gone", "before 2 link_downed",
                          "after 1 link_downed", "after 1 symbol_error", "after 2 link_downed", "after 2 new"));
}

TEST_F(PortLogTest, TellsStateRateAndLinkLayerOfEachPort) {
  EXPECT_EQ(rdma_ports_words(rdma_ports(dir_.path())),
            "mlx5_0 port 1 ACTIVE 400 Gb/sec (4X NDR) Ethernet, mlx5_1 port 1 DOWN");
}

TEST_F(PortLogTest, AMachineWithoutDevicesHasNone) {
  EXPECT_THAT(rdma_ports(dir_.path() / "nowhere"), IsEmpty());
  EXPECT_THAT(read_port_counters(dir_.path() / "nowhere", "n1", "before", 7), IsEmpty());
}

}  // namespace
}  // namespace plumb::bench
