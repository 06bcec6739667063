#include "topology/ib_seen.h"

#include <infiniband/mad.h>

#include <cstring>

namespace plumb::topology {
namespace {

std::uint32_t field(const std::uint8_t* info, MAD_FIELDS which) {
  return mad_get_field(const_cast<std::uint8_t*>(info), 0, which);
}

std::uint64_t field64(const std::uint8_t* info, MAD_FIELDS which) {
  return mad_get_field64(const_cast<std::uint8_t*>(info), 0, which);
}

/// Older versions of libibmad do not know where XDR stands.
bool has_xdr([[maybe_unused]] const std::uint8_t* info, [[maybe_unused]] bool active) {
#ifdef PLUMB_IBMAD_KNOWS_XDR
  return (field(info, active ? IB_PORT_LINK_SPEED_EXT_ACTIVE_2_F : IB_PORT_LINK_SPEED_EXT_ENABLED_2_F) & 1) != 0;
#else
  return false;
#endif
}

std::uint32_t speeds(std::uint32_t classic, std::uint32_t extended, bool xdr, bool fdr10) {
  constexpr unsigned kExtendedAt = 8, kXdrAt = 12, kFdr10At = 16;
  return (classic & 7U) | (extended & 0xfU) << kExtendedAt | unsigned{xdr} << kXdrAt | unsigned{fdr10} << kFdr10At;
}

bool has_fdr10(const std::uint8_t* more, MAD_FIELDS which) { return more != nullptr && (field(more, which) & 1) != 0; }

}  // namespace

IbNodeSeen decode_node_info(const std::uint8_t* info) {
  IbNodeSeen node;
  const auto type = field(info, IB_NODE_TYPE_F);
  node.guid = field64(info, IB_NODE_GUID_F);
  node.system_guid = field64(info, IB_NODE_SYSTEM_GUID_F);
  node.device_id = field(info, IB_NODE_DEVID_F);
  node.vendor_id = field(info, IB_NODE_VENDORID_F);
  node.ports = field(info, IB_NODE_NPORTS_F);
  node.is_switch = type == IB_NODE_SWITCH;
  node.is_router = type == IB_NODE_ROUTER;
  return node;
}

std::uint16_t arrival_port(const std::uint8_t* node_info) {
  return static_cast<std::uint16_t>(field(node_info, IB_NODE_LOCAL_PORT_F));
}

void decode_port_info(const std::uint8_t* info, const std::uint8_t* more, IbPortSeen& port) {
  constexpr std::uint32_t kAllExtendedOff = 30;
  port.state = static_cast<std::uint8_t>(field(info, IB_PORT_STATE_F));
  port.physical_state = static_cast<std::uint8_t>(field(info, IB_PORT_PHYS_STATE_F));
  port.lid = static_cast<std::uint16_t>(field(info, IB_PORT_LID_F));
  port.told = port.state != 0;  // 0 means "no change", which no port answers
  if (!port.is_up()) {
    return;  // what a port without a link calls active means nothing
  }
  port.width = field(info, IB_PORT_LINK_WIDTH_ACTIVE_F);
  port.max_width = field(info, IB_PORT_LINK_WIDTH_ENABLED_F);
  port.speed = speeds(field(info, IB_PORT_LINK_SPEED_ACTIVE_F), field(info, IB_PORT_LINK_SPEED_EXT_ACTIVE_F),
                      has_xdr(info, true), has_fdr10(more, IB_MLNX_EXT_PORT_LINK_SPEED_ACTIVE_F));
  const auto enabled = field(info, IB_PORT_LINK_SPEED_EXT_ENABLED_F);
  port.max_speed = speeds(field(info, IB_PORT_LINK_SPEED_ENABLED_F), enabled == kAllExtendedOff ? 0 : enabled,
                          has_xdr(info, false), has_fdr10(more, IB_MLNX_EXT_PORT_LINK_SPEED_ENABLED_F));
}

void decode_description(const char* text, IbNodeSeen& node) {
  node.description = {};
  std::memcpy(node.description.data(), text, ::strnlen(text, IB_SMP_DATA_SIZE));
}

}  // namespace plumb::topology
