#include "topology/ib_counters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <infiniband/mad.h>

#include <algorithm>
#include <map>
#include <string>

#include "tests/topology/ib_wire.h"

namespace plumb::topology {
namespace {

using testing::SizeIs;

struct Counting : test::Wire {
  std::optional<MadData> answer(const MadRequest& request) override {
    MadData data{};
    if (request.attribute == CLASS_PORT_INFO) {
      if (request.lid == mute_lid) {
        return std::nullopt;
      }
      data[2] = static_cast<std::uint8_t>(mask >> 8);
      data[7] = more_extended ? 2 << 5 : 0;
      return data;
    }
    if (request.attribute == IB_GSI_PORT_COUNTERS) {
      mad_set_field(data.data(), 0, IB_PC_ERR_SYM_F, 0xffff);
      mad_set_field(data.data(), 0, IB_PC_LINK_DOWNED_F, request.port);
      mad_set_field(data.data(), 0, IB_PC_ERR_LOCALINTEG_F, 5);
      mad_set_field(data.data(), 0, IB_PC_ERR_EXCESS_OVR_F, 6);
      mad_set_field(data.data(), 0, IB_PC_VL15_DROPPED_F, 7);
      mad_set_field(data.data(), 0, IB_PC_XMT_DISCARDS_F, 8);
      mad_set_field(data.data(), 0, IB_PC_XMT_BYTES_F, 100);
      mad_set_field(data.data(), 0, IB_PC_RCV_PKTS_F, 9);
      mad_set_field(data.data(), 0, IB_PC_XMT_WAIT_F, 11);
    } else {
      mad_set_field64(data.data(), 0, IB_PC_EXT_XMT_BYTES_F, 1ULL << 40);
      mad_set_field64(data.data(), 0, IB_PC_EXT_RCV_PKTS_F, 1ULL << 41);
      data[79] = 70;   // SymbolErrorCounter, by IBTA's table
      data[175] = 71;  // PortXmitWait
    }
    return data;
  }
  std::map<std::string, std::int64_t> of_port_3() {
    const std::vector<IbPortSeen> ports{{.guid = 1, .port = 3, .lid = 5}};
    std::map<std::string, std::int64_t> values;
    for (const auto& seen : read_ib_counters(*this, ports, {}).counters) {
      const auto counter = ib_counter(seen, "before");
      EXPECT_EQ(counter.node, 1U);
      EXPECT_EQ(counter.port, 3U);
      EXPECT_GT(counter.t_unix_ns, 1'600'000'000'000'000'000);
      EXPECT_TRUE(values.emplace(counter.name, counter.value).second) << counter.name;
    }
    return values;
  }
  unsigned mask = 0;
  bool more_extended = false;
  std::uint16_t mute_lid = 0;
};

TEST(Counters, ClassicOnesStopAtTheirField) {
  Counting fabric;
  auto values = fabric.of_port_3();
  EXPECT_EQ(values.size(), 16U);
  EXPECT_EQ(values["symbol_error"], 65535);
  EXPECT_EQ(values["link_downed"], 3);
  EXPECT_EQ(values["local_link_integrity_errors"], 5);
  EXPECT_EQ(values["excessive_buffer_overrun_errors"], 6);
  EXPECT_EQ(values["vl15_dropped"], 7);
  EXPECT_EQ(values["port_xmit_discards"], 8);
  EXPECT_EQ(values["port_xmit_data_bytes"], 400);
  EXPECT_EQ(values["port_rcv_pkts"], 9);
  EXPECT_FALSE(values.contains("port_xmit_wait"));  // the device did not say that it counts it
}

TEST(Counters, ExtendedOnesAreTakenWhereTheDeviceHasThem) {
  Counting fabric;
  fabric.mask = 0x200 | 0x1000;
  auto values = fabric.of_port_3();
  EXPECT_EQ(values.size(), 17U);
  EXPECT_EQ(values["symbol_error"], 65535);
  EXPECT_EQ(values["port_xmit_data_ext_bytes"], 4LL << 40);
  EXPECT_EQ(values["port_rcv_pkts_ext"], 1LL << 41);
  EXPECT_EQ(values["port_xmit_wait"], 11);
  fabric.more_extended = true;
  values = fabric.of_port_3();
  EXPECT_EQ(values.size(), 17U);
  EXPECT_EQ(values["symbol_error_ext"], 70);
  EXPECT_EQ(values["port_xmit_wait_ext"], 71);
}

TEST(Counters, ADeviceThatDoesNotAnswerIsSaid) {
  Counting fabric;
  fabric.mute_lid = 6;
  const std::vector<IbPortSeen> ports{
      {.guid = 1, .port = 1, .lid = 5}, {.guid = 2, .port = 1, .lid = 6}, {.guid = 2, .port = 2, .lid = 6}};
  const auto reading = read_ib_counters(fabric, ports, {});
  EXPECT_THAT(reading.lost, SizeIs(2));
  EXPECT_TRUE(std::ranges::all_of(reading.counters, [](const auto& counter) { return counter.guid == 1; }));
  EXPECT_THAT(reading.counters, SizeIs(16));
}

}  // namespace
}  // namespace plumb::topology
