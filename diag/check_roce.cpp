#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "core/program.h"
#include "diag/node_check_table.h"

namespace plumb::diag {
namespace {

/// Active ports with a network device.
std::vector<const RdmaPort*> roce_ports(const Machine& machine) {
  std::vector<const RdmaPort*> ports;
  for (const auto& nic : machine.rdma) {
    for (const auto& port : nic.ports) {
      if (port.is_roce() && port.is_active() && !port.netdev.empty() && !nic.pci.empty()) {
        ports.push_back(&port);
      }
    }
  }
  return ports;
}

/// What iproute2's dcb says: "prio-pfc 0:off 1:off 2:off 3:on". Nothing where the driver has no such settings.
std::optional<std::string> dcb(const Machine& machine, const std::string& object, const std::string& netdev) {
  return machine.tree->answer("dcb-" + object + "-" + netdev, [&]() -> std::optional<std::string> {
    auto answer = core::run_program({"dcb", object, "show", "dev", netdev}, std::chrono::seconds(5));
    return answer.why_no_good.empty() ? std::optional(answer.out) : std::nullopt;
  });
}

/// Of "name 0:a 1:b": the pairs behind `name`.
std::map<std::string, std::string> pairs_behind(const std::string& text, const std::string& name) {
  std::map<std::string, std::string> pairs;
  std::istringstream words(text);
  bool is_behind = false;
  for (std::string word; words >> word;) {
    const auto colon = word.find(':');
    is_behind = colon == std::string::npos ? word == name : is_behind;
    if (colon != std::string::npos && is_behind) {
      pairs[word.substr(0, colon)] = word.substr(colon + 1);
    }
  }
  return pairs;
}

std::vector<std::string> lossless_priorities(const std::string& text) {
  std::vector<std::string> priorities;
  for (const auto& [priority, state] : pairs_behind(text, "prio-pfc")) {
    if (state == "on") {
      priorities.push_back(priority);
    }
  }
  return priorities;
}

std::string pfc_words(const std::string& text) {
  const auto priorities = lossless_priorities(text);
  return priorities.empty() ? "no priority is lossless" : fmt::format("lossless: {}", fmt::join(priorities, ","));
}

std::string trust_words(const std::string& text) {
  return pairs_behind(text, "dscp-prio").empty() ? "trusts PCP" : "trusts DSCP";
}

/// Empty for drivers other than NVIDIA's own, which do not tell.
std::string ecn_words(const Machine& machine, const RdmaPort& port) {
  const auto path = "/sys/class/net/" + port.netdev + "/ecn/";
  std::vector<std::string> on;
  for (const auto& priority : machine.tree->names(path + "roce_np/enable")) {
    const bool notifies = machine.tree->number(path + "roce_np/enable/" + priority).value_or(0) != 0;
    const bool reacts = machine.tree->number(path + "roce_rp/enable/" + priority).value_or(0) != 0;
    if (notifies && reacts) {
      on.push_back(priority);
    }
  }
  return !machine.tree->has(path + "roce_np") ? ""
         : on.empty()                         ? "off"
                                              : fmt::format("on for priorities {}", fmt::join(on, ","));
}

/// "MTU 9000, lossless: 3, trusts DSCP, ECN on for priorities 3": as far as the port tells.
std::string settings_words(const Machine& machine, const RdmaPort& port) {
  std::vector<std::string> words{
      fmt::format("MTU {}", machine.tree->number("/sys/class/net/" + port.netdev + "/mtu").value_or(0))};
  if (const auto text = dcb(machine, "pfc", port.netdev)) {
    words.push_back(pfc_words(*text));
  }
  if (const auto text = dcb(machine, "app", port.netdev)) {
    words.push_back(trust_words(*text));
  }
  if (const auto ecn = ecn_words(machine, port); !ecn.empty()) {
    words.push_back("ECN " + ecn);
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

using PortsByText = std::map<std::string, std::vector<const RdmaPort*>>;

/// The text that most ports have; the first of several.
std::string usual_of(const PortsByText& by_text) {
  const auto most = std::ranges::max_element(by_text, {}, [](const auto& one) { return one.second.size(); });
  return most == by_text.end() ? "" : most->first;
}

/// Those that differ from most fail; where none does, all have passed but for what a row above says.
void tell_alike(const Machine& machine, const PortsByText& by_text, const std::string& advice, CheckRows& rows) {
  const auto usual = usual_of(by_text);
  for (const auto& [text, ports] : by_text) {
    for (const auto* port : text == usual ? std::vector<const RdmaPort*>() : ports) {
      rows.fail(machine.nic_id(port->device), port->netdev + ": " + text, usual + ", as most ports here", advice);
    }
  }
  if (!by_text.empty()) {
    rows.pass_unless_told(usual);
  }
}

}  // namespace

void look_at_roce_mtu(const Machine& machine, const NodeLimits& limits, CheckRows& rows) {
  const auto least = limits["min_roce_mtu_bytes"];
  const auto ports = roce_ports(machine);
  for (const auto* port : ports) {
    const auto mtu = machine.tree->number("/sys/class/net/" + port->netdev + "/mtu");
    if (mtu && static_cast<double>(*mtu) < least) {
      rows.warn(machine.nic_id(port->device), fmt::format("{}: {} B", port->netdev, *mtu),
                fmt::format("{:g} B or more", least),
                "raise the MTU of the interface and of every switch port on the way (9000 B is usual): RoCE takes the "
                "largest of 1024, 2048 and 4096 B that fits");
    }
  }
  if (!ports.empty()) {
    rows.pass_unless_told(fmt::format("{} RoCE ports take messages of 4096 B", ports.size()));
  }
}

void look_at_roce_gid(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  const auto ports = roce_ports(machine);
  for (const auto* port : ports) {
    const auto types = port->path() + "/gid_attrs/types";
    const auto names = machine.tree->names(types);
    bool has_v2 = false, has_address = false;
    for (std::size_t i = 0; i < names.size() && !has_address; ++i) {
      if (machine.tree->text(types + "/" + names[i]).value_or("") == "RoCE v2") {
        has_v2 = true;
        const auto gid = machine.tree->text(port->path() + "/gids/" + names[i]).value_or("");
        has_address = !gid.empty() && !gid.starts_with("fe80") && gid.find_first_not_of("0:") != std::string::npos;
      }
    }
    if (!has_address) {
      rows.fail(machine.nic_id(port->device),
                port->netdev + (has_v2 ? ": RoCE v2 with a link-local address only" : ": no GID of RoCE v2"),
                "a GID of RoCE v2 with a routable address",
                "give the interface an address; load the driver with RoCE v2");
    }
  }
  if (!ports.empty()) {
    rows.pass_unless_told("RoCE ports have a routable GID of RoCE v2");
  }
}

void look_at_roce_pfc(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  PortsByText by_priorities;
  const auto ports = roce_ports(machine);
  for (const auto* port : ports) {
    const auto text = dcb(machine, "pfc", port->netdev);
    if (!text) {
      rows.absent(machine.nic_id(port->device), "dcb does not tell its flow control; the driver or iproute2 lacks it");
      return;
    }
    by_priorities[pfc_words(*text)].push_back(port);
  }
  if (by_priorities.size() == 1 && by_priorities.begin()->first.starts_with("no ")) {
    rows.warn(
        machine.host_id(), fmt::format("no priority is lossless on {} RoCE ports", ports.size()),
        "priority flow control on the priority of RoCE",
        "switch PFC on for it (dcb pfc set dev … prio-pfc 3:on), or make sure that the fabric is meant to be lossy");
  }
  tell_alike(machine, by_priorities, "set flow control as on the other ports", rows);
}

void look_at_roce_buffers(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  std::size_t looked_at = 0;
  for (const auto* port : roce_ports(machine)) {
    const auto pfc = dcb(machine, "pfc", port->netdev);
    const auto buffers = dcb(machine, "buffer", port->netdev);
    const auto lossless = lossless_priorities(pfc.value_or(""));
    if (!buffers || lossless.empty()) {
      continue;
    }
    ++looked_at;
    const auto of_priority = pairs_behind(*buffers, "prio-buffer");
    const auto sizes = pairs_behind(*buffers, "buffer-size");
    for (const auto& priority : lossless) {
      const auto buffer = of_priority.contains(priority) ? of_priority.at(priority) : "";
      const bool is_shared = std::ranges::any_of(of_priority, [&](const auto& one) {
        return one.second == buffer && std::ranges::find(lossless, one.first) == lossless.end();
      });
      const bool is_empty = !sizes.contains(buffer) || sizes.at(buffer).starts_with("0");
      if (is_shared || is_empty) {
        rows.warn(machine.nic_id(port->device),
                  fmt::format("{}: lossless priority {} has {}", port->netdev, priority,
                              is_empty ? "no buffer" : "its buffer together with lossy ones"),
                  "a buffer of its own",
                  "give lossless priorities their own buffer (dcb buffer set dev … prio-buffer)");
      }
    }
  }
  if (looked_at > 0) {
    rows.pass_unless_told("lossless priorities have their own buffer");
  }
}

void look_at_roce_trust(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  PortsByText by_trust;
  const auto ports = roce_ports(machine);
  for (const auto* port : ports) {
    const auto text = dcb(machine, "app", port->netdev);
    if (!text) {
      rows.absent(machine.nic_id(port->device), "dcb does not tell how packets get their priority");
      return;
    }
    by_trust[trust_words(*text)].push_back(port);
  }
  if (by_trust.size() == 1 && by_trust.begin()->first == "trusts PCP") {
    rows.warn(machine.host_id(), "priorities come from VLAN tags", "priorities come from DSCP",
              "let the ports trust DSCP: routed RoCE v2 has no VLAN tag, and all of it lands in priority 0");
  }
  tell_alike(machine, by_trust, "set it as on the other ports", rows);
}

void look_at_roce_ecn(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  PortsByText by_ecn;
  for (const auto* port : roce_ports(machine)) {
    if (const auto words = ecn_words(machine, *port); !words.empty()) {
      by_ecn[words].push_back(port);
    }
  }
  if (by_ecn.size() == 1 && by_ecn.begin()->first == "off") {
    rows.warn(machine.host_id(), "congestion control (ECN, DCQCN) is off on all RoCE ports", "on",
              "switch on roce_np and roce_rp for the priority of RoCE");
  }
  tell_alike(machine, by_ecn, "set congestion control as on the other ports", rows);
}

void look_at_roce_traffic_class(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  PortsByText by_class;
  for (const auto* port : roce_ports(machine)) {
    if (auto text =
            machine.tree->text("/sys/class/infiniband/" + port->device + "/tc/" + port->number + "/traffic_class")) {
      std::ranges::replace(*text, '\n', ' ');
      by_class[text->empty() ? "none is set" : *text].push_back(port);
    }
  }
  tell_alike(machine, by_class, "set the traffic class as on the other ports", rows);
}

void look_at_roce_settings(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  std::map<std::string, std::size_t> ports;  // by their settings
  for (const auto* port : roce_ports(machine)) {
    ++ports[settings_words(machine, *port)];
  }
  std::vector<std::string> words;
  for (const auto& [settings, count] : ports) {
    words.push_back(fmt::format("{} x {}", count, settings));
  }
  if (!words.empty()) {
    rows.fact(machine.host_id(), fmt::format("{}", fmt::join(words, "; ")));
  }
}

}  // namespace plumb::diag
