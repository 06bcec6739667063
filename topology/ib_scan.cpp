#include "topology/ib_scan.h"

#include <fmt/format.h>
#include <infiniband/ibnetdisc.h>
#include <infiniband/umad.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "topology/ib_repair.h"
#include "topology/records.h"

namespace plumb::topology {
namespace {

// Management datagrams are not flow-controlled: more at a time get lost in switches, fewer take longer.
constexpr unsigned kOutstanding = 8;
constexpr unsigned kTimeoutMs = 500, kRetries = 2;
constexpr int kFirstPasses = 5;  // one ends at once when an answer of our own port is lost

char* name_or_null(std::string& name) { return name.empty() ? nullptr : name.data(); }

IbNodeSeen node_of(const ibnd_node_t& node) {
  auto seen = decode_node_info(node.info);
  decode_description(node.nodedesc, seen);
  const auto& path = node.path_portid.drpath;
  seen.route.hops = static_cast<std::uint8_t>(path.cnt);
  std::copy(std::begin(path.p), std::begin(path.p) + seen.route.ports.size(), seen.route.ports.begin());
  return seen;
}

void add_ports(const ibnd_node_t& node, std::vector<IbPortSeen>& ports) {
  for (int number = 0; number <= node.numports; ++number) {
    const auto* port = node.ports[number];
    if (port == nullptr) {
      continue;
    }
    IbPortSeen seen;
    seen.guid = node.guid;
    seen.port = static_cast<std::uint16_t>(number);
    seen.asked = true;
    if (port->remoteport != nullptr) {
      seen.peer = port->remoteport->node->guid;
      seen.peer_port = static_cast<std::uint16_t>(port->remoteport->portnum);
    }
    decode_port_info(port->info, port->ext_info, seen);
    ports.push_back(seen);
  }
}

/// Empty when even our own port did not answer.
IbScan first_pass(IbLocalPort from) {
  ibnd_config_t config{};
  config.max_smps = kOutstanding;
  config.timeout_ms = kTimeoutMs;
  config.retries = kRetries;
  config.flags = IBND_CONFIG_MLX_EPI;
  IbScan scan;
  auto* fabric = ibnd_discover_fabric(name_or_null(from.device), from.port, nullptr, &config);
  if (fabric == nullptr) {
    return scan;
  }
  for (const auto* node = fabric->nodes; node != nullptr; node = node->next) {
    scan.nodes.push_back(node_of(*node));
    add_ports(*node, scan.ports);
  }
  ibnd_destroy_fabric(fabric);
  return scan;
}

void put(const IbScan& scan, const auto& write) {
  put_records(scan.nodes, write);
  put_records(scan.ports, write);
}

/// Writes what the first pass saw, and after it all that is known when there were gaps.
void scan_and_repair(const IbLocalPort& from, Deadline deadline, const auto& write) {
  IbSurvey survey;
  for (int pass = 0; pass < kFirstPasses && survey.empty(); ++pass) {
    survey.add(first_pass(from));
  }
  put(survey.all(), write);
  if (!survey.empty() && !survey.gaps().empty()) {
    const auto stop = deadline - std::chrono::milliseconds(500);  // leaves time to tell what is known by then
    repair(survey, *umad_transport(from), stop);
    put(survey.all(), write);
  }
}

std::string try_to_open(IbLocalPort from) {
  umad_init();
  auto* devices = umad_get_ca_device_list();
  const bool has_devices = devices != nullptr;
  umad_free_ca_device_list(devices);
  if (!has_devices) {
    return "this host has no InfiniBand device that takes management datagrams (module ib_umad)";
  }
  umad_port_t port{};
  if (umad_get_port(name_or_null(from.device), from.port, &port) < 0) {
    return fmt::format("no InfiniBand port {} {}", from.device.empty() ? "of any device" : from.device,
                       from.port == 0 ? "is up" : fmt::format("has number {}", from.port));
  }
  const auto name = fmt::format("{} port {}", port.ca_name, port.portnum);
  errno = 0;
  const int opened = umad_open_port(port.ca_name, port.portnum);
  const int reason = errno;
  umad_release_port(&port);
  if (opened < 0) {
    return fmt::format("{} cannot be opened: {}; /dev/infiniband/umad* need root or their group", name,
                       std::strerror(reason != 0 ? reason : -opened));
  }
  umad_close_port(opened);
  return "";
}

}  // namespace

IbScan scan_ib(const IbLocalPort& from, Deadline deadline) {
  const auto told = run_aside([&](const auto& write) { scan_and_repair(from, deadline, write); }, deadline);
  IbScan scan;
  std::string_view bytes = told.bytes;
  for (IbScan whole; take_records(bytes, whole.nodes) && take_records(bytes, whole.ports);) {
    scan = std::move(whole);
    whole = {};
  }
  scan.in_time = told.in_time;
  return scan;
}

std::string why_no_ib(const IbLocalPort& from, Deadline deadline) {
  const auto told = run_aside(
      [&](const auto& write) {
        const auto reason = try_to_open(from);
        write(reason.data(), reason.size());
      },
      deadline);
  return told.in_time ? told.bytes : "its InfiniBand port does not answer";
}

}  // namespace plumb::topology
