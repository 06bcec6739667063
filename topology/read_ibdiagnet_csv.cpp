// `ibdiagnet2.db_csv`. Its sections and columns differ by version; NODES and LINKS must be there.
#include <fmt/format.h>

#include <array>
#include <limits>
#include <unordered_map>

#include "topology/ib_fabric.h"
#include "topology/ib_words.h"
#include "topology/readers.h"
#include "topology/sectioned_csv.h"

namespace plumb::topology {
namespace {

constexpr int kHex = 16;

struct CounterColumn {
  std::string_view name, wide_name, extended, classic;  // wide_name: of the extended one, as of live ones
  std::int64_t unit = 1;
};
constexpr std::int64_t kWord = 4;
constexpr std::array<CounterColumn, 17> kCounters{
    {{"symbol_error", "symbol_error_ext", "SymbolErrorCounterExt", "SymbolErrorCounter"},
     {"link_error_recovery", "link_error_recovery_ext", "LinkErrorRecoveryCounterExt", "LinkErrorRecoveryCounter"},
     {"link_downed", "link_downed_ext", "LinkDownedCounterExt", "LinkDownedCounter"},
     {"port_rcv_errors", "port_rcv_errors_ext", "PortRcvErrorsExt", "PortRcvErrors"},
     {"port_rcv_remote_physical_errors", "port_rcv_remote_physical_errors_ext", "PortRcvRemotePhysicalErrorsExt",
      "PortRcvRemotePhysicalErrors"},
     {"port_rcv_switch_relay_errors", "port_rcv_switch_relay_errors_ext", "PortRcvSwitchRelayErrorsExt",
      "PortRcvSwitchRelayErrors"},
     {"port_xmit_discards", "port_xmit_discards_ext", "PortXmitDiscardsExt", "PortXmitDiscards"},
     {"port_xmit_constraint_errors", "port_xmit_constraint_errors_ext", "PortXmitConstraintErrorsExt",
      "PortXmitConstraintErrors"},
     {"port_rcv_constraint_errors", "port_rcv_constraint_errors_ext", "PortRcvConstraintErrorsExt",
      "PortRcvConstraintErrors"},
     {"local_link_integrity_errors", "local_link_integrity_errors_ext", "LocalLinkIntegrityErrorsExt",
      "LocalLinkIntegrityErrors"},
     {"excessive_buffer_overrun_errors", "excessive_buffer_overrun_errors_ext", "ExcessiveBufferOverrunErrorsExt",
      "ExcessiveBufferOverrunErrors"},
     {"vl15_dropped", "vl15_dropped_ext", "VL15DroppedExt", "VL15Dropped"},
     {"port_xmit_data_bytes", "port_xmit_data_ext_bytes", "PortXmitDataExtended", "PortXmitData", kWord},
     {"port_rcv_data_bytes", "port_rcv_data_ext_bytes", "PortRcvDataExtended", "PortRcvData", kWord},
     {"port_xmit_pkts", "port_xmit_pkts_ext", "PortXmitPktsExtended", "PortXmitPkts"},
     {"port_rcv_pkts", "port_rcv_pkts_ext", "PortRcvPktsExtended", "PortRcvPkts"},
     {"port_xmit_wait", "port_xmit_wait_ext", "PortXmitWaitExt", "PortXmitWait"}}};

struct PortKey {
  std::uint64_t node = 0;
  std::uint32_t number = 0;
  bool operator==(const PortKey&) const = default;
};

struct PortHash {
  std::size_t operator()(const PortKey& port) const {
    constexpr std::uint64_t kSpread = 0x9e3779b97f4a7c15;
    return (port.node * kSpread) ^ port.number;
  }
};

struct Port {
  PortKey key;
  std::uint64_t width = 0, speed = 0, widths_enabled = 0, speeds_enabled = 0, state = 0;
  bool has_cable = false;
};

struct Cable {
  PortKey a, b;
};

class DbCsvReader {
 public:
  explicit DbCsvReader(const FileText& file) : csv_(file) {
    csv_.on("NODES", [this] { return on_nodes(); });
    csv_.on("NODES_INFO", [this] { return on_nodes_info(); });
    csv_.on("SYSTEM_GENERAL_INFORMATION", [this] { return on_system(); });
    csv_.on("PORTS", [this] { return on_ports(); });
    csv_.on("LINKS", [this] { return on_links(); });
    csv_.on("PM_INFO", [this] { return on_counters(); });
  }

  void add_to(GraphBuilder& builder) {
    csv_.read();
    csv_.require("NODES");
    csv_.require("LINKS");
    for (const auto& cable : cables_) {
      add_link(cable);
    }
    add_open_ports();
    fabric_.source = "ibdiagnet";
    fabric_.add_to(builder);
  }

 private:
  SectionedCsv::OnRow on_nodes() {
    const auto description = csv_.required({"NodeDesc"}), type = csv_.required({"NodeType"}),
               guid = csv_.required({"NodeGUID"});
    const auto ports = csv_.column({"NumPorts"}), system = csv_.column({"SystemImageGUID"}),
               device = csv_.column({"DeviceID"}), vendor = csv_.column({"VendorID"});
    return [=, this] {
      IbNode node;
      node.guid = guid_in(guid);
      node.kind = kind(csv_.required_number(type));
      node.description = csv_.text(description);
      node.system_guid = csv_.number(system, kHex).value_or(0);
      node.ports = small(csv_.number(ports));
      node.device_id = small(csv_.number(device));
      node.vendor_id = small(csv_.number(vendor));
      node_at_.try_emplace(node.guid, fabric_.nodes.size());
      fabric_.nodes.push_back(std::move(node));
    };
  }

  SectionedCsv::OnRow on_nodes_info() {
    const auto guid = csv_.required({"NodeGUID"});
    const auto psid = csv_.column({"FWInfo_PSID"});
    const auto major = csv_.column({"FWInfo_Extended_Major", "FWInfo_Major"}),
               minor = csv_.column({"FWInfo_Extended_Minor", "FWInfo_Minor"}),
               sub_minor = csv_.column({"FWInfo_Extended_SubMinor", "FWInfo_SubMinor"});
    return [=, this] {
      if (auto* node = find_node(guid_in(guid))) {
        const auto first = csv_.number(major, kHex), second = csv_.number(minor, kHex),
                   third = csv_.number(sub_minor, kHex);
        node->firmware = first && second && third ? fmt::format("{}.{}.{:04}", *first, *second, *third) : "";
        node->board = csv_.text(psid);
      }
    };
  }

  SectionedCsv::OnRow on_system() {
    const auto guid = csv_.required({"NodeGuid"});
    const auto serial = csv_.column({"SerialNumber"});
    return [=, this] {
      if (auto* node = find_node(guid_in(guid))) {
        node->serial = csv_.text(serial);
      }
    };
  }

  SectionedCsv::OnRow on_ports() {
    const auto guid = csv_.required({"NodeGuid"}), number = csv_.required({"PortNum", "PortNumber"});
    const auto width = csv_.column({"LinkWidthActv"}), speed = csv_.column({"LinkSpeedActv"}),
               widths = csv_.column({"LinkWidthEn"}), speeds = csv_.column({"LinkSpeedEn"}),
               state = csv_.column({"PortState"});
    return [=, this] {
      Port port;
      port.key = {guid_in(guid), small(csv_.required_number(number))};
      port.width = csv_.number(width).value_or(0);
      port.speed = csv_.number(speed).value_or(0);
      port.widths_enabled = csv_.number(widths).value_or(0);
      port.speeds_enabled = csv_.number(speeds).value_or(0);
      port.state = csv_.number(state).value_or(0);
      port_at_.try_emplace(port.key, ports_.size());
      ports_.push_back(port);
    };
  }

  SectionedCsv::OnRow on_links() {
    const auto a = csv_.required({"NodeGuid1"}), a_port = csv_.required({"PortNum1"}), b = csv_.required({"NodeGuid2"}),
               b_port = csv_.required({"PortNum2"});
    return [=, this] {
      const Cable cable{{guid_in(a), small(csv_.required_number(a_port))},
                        {guid_in(b), small(csv_.required_number(b_port))}};
      if (cable.a == cable.b) {
        csv_.fail("expected two ports: the cable leads from a port to itself");
      }
      cables_.push_back(cable);
    };
  }

  SectionedCsv::OnRow on_counters() {
    const auto guid = csv_.required({"NodeGUID"}), port = csv_.required({"PortNumber", "PortNum"});
    std::array<SectionedCsv::Column, kCounters.size()> extended, classic;
    for (std::size_t i = 0; i < kCounters.size(); ++i) {
      extended[i] = csv_.column({kCounters[i].extended});
      classic[i] = csv_.column({kCounters[i].classic});
    }
    return [=, this] {
      const auto node = guid_in(guid);
      const auto number = small(csv_.required_number(port));
      for (std::size_t i = 0; i < kCounters.size(); ++i) {
        const auto value = csv_.number(extended[i]), clipped = csv_.number(classic[i]);
        if (value || clipped) {
          add_counter(node, number, value ? kCounters[i].wide_name : kCounters[i].name, kCounters[i].unit,
                      value ? *value : *clipped);
        }
      }
    };
  }

  void add_counter(std::uint64_t node, std::uint32_t port, std::string_view name, std::int64_t unit,
                   std::uint64_t value) {
    constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    const auto most = kMost / static_cast<std::uint64_t>(unit);
    fabric_.counters.push_back({.node = node,
                                .port = port,
                                .phase = "before",
                                .name = name,
                                .value = static_cast<std::int64_t>(std::min(value, most)) * unit});
  }

  void add_link(const Cable& cable) {
    IbLink link;
    link.a = cable.a.node;
    link.b = cable.b.node;
    link.a_port = cable.a.number;
    link.b_port = cable.b.number;
    auto *a = find_port(cable.a), *b = find_port(cable.b);
    for (auto* port : {a, b}) {
      if (port != nullptr) {
        port->has_cable = true;
        link.width = ib_width(port->width);
        link.speed = ib_speed(port->speed);
        link.state = ib_state(port->state);
      }
    }
    if (a != nullptr && b != nullptr) {
      link.max_width = ib_width(a->widths_enabled & b->widths_enabled);
      link.max_speed = ib_speed(a->speeds_enabled & b->speeds_enabled);
    }
    fabric_.links.push_back(link);
  }

  /// A port that is active has a peer, and LINKS should tell it. Port 0 is a switch's own.
  void add_open_ports() {
    constexpr std::uint64_t kInitialize = 2;
    for (const auto& port : ports_) {
      if (port.key.number != 0 && port.state >= kInitialize && !port.has_cable) {
        IbLink open;
        open.a = port.key.node;
        open.a_port = port.key.number;
        fabric_.links.push_back(open);
      }
    }
  }

  std::uint64_t guid_in(std::size_t column) const {
    const auto value = csv_.required_number(column, kHex);
    if (value == 0) {
      csv_.fail("expected a GUID that is not 0");
    }
    return value;
  }

  std::uint32_t small(std::optional<std::uint64_t> value) const {
    if (value && *value > std::numeric_limits<std::uint32_t>::max()) {
      csv_.fail(fmt::format("expected a smaller number than {}", *value));
    }
    return static_cast<std::uint32_t>(value.value_or(0));
  }

  IbNode::Kind kind(std::uint64_t type) const {
    constexpr std::array kKinds{IbNode::Kind::adapter, IbNode::Kind::network_switch, IbNode::Kind::router};
    if (type < 1 || type > kKinds.size()) {
      csv_.fail(fmt::format("expected NodeType 1 (adapter), 2 (switch) or 3 (router), found {}", type));
    }
    return kKinds[type - 1];
  }

  IbNode* find_node(std::uint64_t guid) {
    const auto at = node_at_.find(guid);
    return at == node_at_.end() ? nullptr : &fabric_.nodes[at->second];
  }

  Port* find_port(const PortKey& key) {
    const auto at = port_at_.find(key);
    return at == port_at_.end() ? nullptr : &ports_[at->second];
  }

  SectionedCsv csv_;
  IbFabric fabric_;
  std::vector<Port> ports_;
  std::vector<Cable> cables_;
  std::unordered_map<std::uint64_t, std::size_t> node_at_;
  std::unordered_map<PortKey, std::size_t, PortHash> port_at_;
};

}  // namespace

bool is_ibdiagnet_csv(std::string_view head) {
  for (auto at = head.find("START_"); at != std::string_view::npos; at = head.find("START_", at + 1)) {
    if (at == 0 || head[at - 1] == '\n') {
      return true;
    }
  }
  return false;
}

void read_ibdiagnet_csv(const FileText& file, GraphBuilder& builder) { DbCsvReader(file).add_to(builder); }

}  // namespace plumb::topology
