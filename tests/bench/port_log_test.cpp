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
