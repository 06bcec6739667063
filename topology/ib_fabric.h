// An InfiniBand fabric as its management tells it: nodes by GUID, cables by port number. Live discovery and every
// InfiniBand file fill one; it alone knows how a GUID and a description become an id of the map.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "topology/graph.h"

namespace plumb::topology {

struct IbNode {
  enum class Kind : std::uint8_t { adapter, network_switch, router };
  std::uint64_t guid = 0;
  Kind kind = Kind::adapter;
  std::string description;  // "node00003 mlx5_5", "leaf007"; untrusted
  std::uint64_t system_guid = 0;
  std::uint32_t device_id = 0, vendor_id = 0, lid = 0, ports = 0;
  std::string firmware, board, serial;  // board: PSID
  bool guid_is_of_port = false;  // of a file that tells no other: it tells nodes apart, but does not stand in the map
};

/// A cable. `b` is 0 when the port is up and its peer is not known. Widths are "1x" to "12x", speeds SDR, DDR, QDR,
/// FDR10, FDR, EDR, HDR, NDR or XDR; empty when not known. Views must outlive add_to.
struct IbLink {
  std::uint64_t a = 0, b = 0;  // GUIDs
  std::uint32_t a_port = 0, b_port = 0;
  std::string_view width, speed, max_width, max_speed, state;
};

/// A reading of a counter, for ports.csv: named as IBTA does, in snake case: "link_downed"; with "ext" when it is the
/// extended one, of 64 bits: "port_xmit_data_ext_bytes".
struct IbPortCounter {
  std::uint64_t node = 0;  // GUID
  std::uint32_t port = 0;
  std::string_view phase, name;  // must outlive add_to
  std::int64_t t_unix_ns = 0, value = 0;
};

/// What a node or a port of it did not tell: a remark, status absent. Port 0 is the node itself.
struct IbSilence {
  std::uint64_t node = 0;  // GUID
  std::uint32_t port = 0;
  std::string check, seen, expected, advice;
};

struct IbFabric {
  std::string source;  // "ib", "ibnetdiscover", …: the `source` cell of all it adds
  std::vector<IbNode> nodes;
  std::vector<IbLink> links;  // one told from both of its ends is one
  std::vector<IbPortCounter> counters;
  std::vector<IbSilence> silences;

  /// Adds hosts, NICs, switches and cables. A NIC is nic/HOST/DEVICE by its description "HOST DEVICE"; one whose
  /// description has no such form stands on host/0xSYSTEMGUID. Of nodes that share a name, that with the least GUID
  /// has it, the others get "@GUID", and a remark `duplicate_name` (fail) says so; a GUID told twice as different
  /// nodes is a remark `duplicate_guid`. SHARP aggregation nodes are left out. An end of a link that no node has is a
  /// remark `discovery` (absent), and so is a port that is up without a known peer.
  void add_to(GraphBuilder& builder) const;
};

/// Data rate of "4x" at "HDR", bytes a second, after line coding (IBTA vol. 2, table "InfiniBand link rates"); nothing
/// for words it does not know.
core::MaybeReal ib_rate_Bps(std::string_view width, std::string_view speed);

/// Whether a node description is one of an adapter, "HOST DEVICE" or a SHARP aggregation node: a hint for files that do
/// not tell what a node is.
bool describes_adapter(std::string_view description);

/// "node00003 mlx5_5" -> {"node00003", "mlx5_5"}, as parts of ids; an empty host when a description is not of this
/// form.
std::pair<std::string, std::string> host_and_device(std::string_view description);

/// A name from the fabric as a part of an id: '/', ':', blanks and control characters become '_'; "unnamed" for
/// nothing.
std::string id_part(std::string_view name);

}  // namespace plumb::topology
