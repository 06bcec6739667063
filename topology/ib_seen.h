// What devices of an InfiniBand fabric told of themselves, answer by answer.
#pragma once

#include <array>
#include <cstdint>

namespace plumb::topology {

/// A directed route: out of ports[1], ports[2], … ports[hops], from the port we look from.
struct IbRoute {
  std::array<std::uint8_t, 64> ports{};
  std::uint8_t hops = 0;
};

struct IbNodeSeen {
  std::uint64_t guid = 0, system_guid = 0;
  std::uint32_t device_id = 0, vendor_id = 0, ports = 0;
  bool is_switch = false, is_router = false;
  IbRoute route;
  std::array<char, 65> description{};  // ends with 0; empty when the answer was lost
};

/// Port 0 is the one that a switch itself is reached by.
struct IbPortSeen {
  std::uint64_t guid = 0, peer = 0;  // peer 0: not known, or none
  std::uint16_t port = 0, peer_port = 0, lid = 0;
  bool asked = false;                                                // somebody wanted its PortInfo
  bool told = false;                                                 // and it came
  std::uint8_t state = 0, physical_state = 0;                        // as IBTA numbers them
  std::uint32_t width = 0, max_width = 0, speed = 0, max_speed = 0;  // masks of ib_words.h; max: enabled
  [[nodiscard]] bool is_up() const { return port != 0 && told && physical_state == 5; }  // LinkUp
};

/// The data of attributes NodeInfo and PortInfo, 64 bytes each; `more` is the vendor's extension of PortInfo that
/// tells of FDR10, or null.
IbNodeSeen decode_node_info(const std::uint8_t* info);
/// The number of the port by which the one who told NodeInfo was reached.
std::uint16_t arrival_port(const std::uint8_t* node_info);
void decode_port_info(const std::uint8_t* info, const std::uint8_t* more, IbPortSeen& port);
void decode_description(const char* text, IbNodeSeen& node);

}  // namespace plumb::topology
