#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "core/program.h"
#include "diag/node_check_table.h"

namespace plumb::diag {
namespace {

template <class Visit>
std::size_t for_each_port(const Machine& machine, Visit&& visit) {
  std::size_t count = 0;
  for (const auto& nic : machine.rdma) {
    for (const auto& port : nic.ports) {
      visit(nic, port);
      ++count;
    }
  }
  return count;
}

std::string port_words(const RdmaPort& port) { return "port " + port.number; }

/// What ibv_devinfo says of one port.
std::string text_of_port(const std::string& devinfo, const std::string& number) {
  for (auto at = devinfo.find("port:\t"); at != std::string::npos; at = devinfo.find("port:\t", at + 1)) {
    const auto begin = at + 6;
    if (devinfo.substr(begin, devinfo.find('\n', begin) - begin) == number) {
      return devinfo.substr(begin, devinfo.find("port:\t", begin) - begin);
    }
  }
  return "";
}

/// 4096 of "max_mtu:\t\t4096 (5)"; 0 when it is not there.
int mtu_in(const std::string& text, const std::string& name) {
  const auto at = text.find(name);
  const auto digits = at == std::string::npos ? at : text.find_first_not_of(" \t", at + name.size());
  int mtu = 0;
  if (digits != std::string::npos) {
    std::from_chars(text.data() + digits, text.data() + text.size(), mtu);
  }
  return mtu;
}

struct Mtu {
  int now, most;  // bytes; 0: not known
};

Mtu mtu_of(const Machine& machine, const RdmaPort& port) {
  const auto told = machine.tree->answer("ibv_devinfo-" + port.device, [&]() -> std::optional<std::string> {
    auto answer = core::run_program({"ibv_devinfo", "-d", port.device}, std::chrono::seconds(5));
    return answer.why_no_good.empty() ? std::optional(answer.out) : std::nullopt;
  });
  const auto text = text_of_port(told.value_or(""), port.number);
  return {mtu_in(text, "active_mtu:"), mtu_in(text, "max_mtu:")};
}

/// "0000:17:00" of "0000:17:00.1": functions of a card are its ports.
std::string card_of(const std::string& address) { return address.substr(0, address.rfind('.')); }

/// RDMA devices with an active port, and what others may be held against: their models and cards.
struct Users {
  std::set<std::string> devices, models, cards;
};

Users users_of(const Machine& machine) {
  Users users;
  for_each_port(machine, [&](const RdmaDevice& nic, const RdmaPort& port) {
    if (port.is_active()) {
      users.devices.insert(nic.name);
      users.models.insert(nic.type + nic.board);
      if (const auto* device = machine.device_of(nic)) {
        users.cards.insert(card_of(device->address));
      }
    }
  });
  return users;
}

}  // namespace

void look_at_rdma_port(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  const auto users = users_of(machine);
  const auto ports = for_each_port(machine, [&](const RdmaDevice& nic, const RdmaPort& port) {
    if (users.devices.contains(nic.name)) {
      return;  // a second port may be unused
    }
    const auto id = machine.nic_id(nic.name);
    const auto observed = fmt::format("{} is {}, {}", port_words(port), port.state, port.physical);
    const auto* device = machine.device_of(nic);
    const bool has_brother = device != nullptr && users.cards.contains(card_of(device->address));
    if (port.physical == "Disabled") {
      rows.warn(id, observed, "ACTIVE, LinkUp, if it is used",
                "switched off: nothing to do if nobody uses it; else set its interface up");
    } else if (port.state == "DOWN" &&
               (has_brother || (!users.models.empty() && !users.models.contains(nic.type + nic.board)))) {
      rows.warn(id, observed, "ACTIVE, LinkUp, if it is cabled",
                has_brother ? "the other port of its card is up: nothing to do if nobody cabled this one; else look at "
                              "the cable, the transceivers and the switch port"
                            : "no NIC of its model is up, others are: nothing to do if nobody cabled these; else look "
                              "at the cables, the transceivers and the switch ports");
    } else {
      rows.fail(id, observed, "ACTIVE, LinkUp",
                port.is_roce()         ? "look at the cable, the transceivers and the switch port; set the interface up"
                : port.state == "INIT" ? "look for the subnet manager: the link is up and nobody has made it active"
                                       : "look at the cable, the transceivers and the switch port");
    }
  });
  if (ports > 0) {
    rows.pass_unless_told(fmt::format("{} RDMA devices are active", machine.rdma.size()));
  }
}

void look_at_rdma_rate(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  std::map<std::string, double> best;  // by model
  for_each_port(machine, [&](const RdmaDevice& nic, const RdmaPort& port) {
    best[nic.type + nic.board] = std::max(best[nic.type + nic.board], port.is_active() ? port.gigabits : 0);
  });
  const auto ports = for_each_port(machine, [&](const RdmaDevice& nic, const RdmaPort& port) {
    const double expected = best[nic.type + nic.board];
    if (port.is_active() && port.gigabits < expected) {
      rows.fail(machine.nic_id(nic.name), port_words(port) + " runs at " + port.rate,
                fmt::format("{:g} Gb/sec, as others of its model here", expected),
                "reseat the cable, then swap it; look at the speed that the switch port is set to");
    }
  });
  if (ports > 0) {
    rows.pass_unless_told("ports of a model have one rate");
  }
}

void look_at_rdma_lanes(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  const auto is_narrow = [](const RdmaPort& port) {
    return port.rate.find("(1X") != std::string::npos || port.rate.find("(2X") != std::string::npos;
  };
  std::size_t infiniband = 0;
  for_each_port(machine, [&](const RdmaDevice& nic, const RdmaPort& port) {
    infiniband += port.is_roce() ? 0 : 1;
    const bool is_two_lane_port =
        port.rate.find("(2X NDR") != std::string::npos || port.rate.find("(2X XDR") != std::string::npos;
    if (!port.is_roce() && port.is_active() && is_narrow(port) && !is_two_lane_port) {
      rows.fail(machine.nic_id(nic.name), port_words(port) + ": " + port.rate, "4X",
                "reseat the cable, then swap it: a lane of it does not come up");
    }
  });
  if (infiniband > 0) {
    rows.pass_unless_told("InfiniBand ports have all their lanes");
  }
}

void look_at_infiniband_mtu(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  std::size_t looked_at = 0;
  for_each_port(machine, [&](const RdmaDevice& nic, const RdmaPort& port) {
    if (port.is_roce() || !port.is_active()) {
      return;
    }
    const auto [now, most] = mtu_of(machine, port);
    looked_at += now > 0 ? 1 : 0;
    if (now == 0) {
      rows.absent(machine.nic_id(nic.name), "ibv_devinfo (ibverbs-utils) does not tell the size of packets");
    } else if (now < most) {
      rows.warn(
          machine.nic_id(nic.name), fmt::format("{}: packets of {} B", port_words(port), now),
          fmt::format("{} B", most),
          "set mtu=5 (4096 B) for the partition in the subnet manager's partitions.conf; both ends use the smaller");
    }
  });
  if (looked_at > 0) {
    rows.pass_unless_told("InfiniBand ports send the largest packets that they can");
  }
}

void look_at_nic_firmware(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  std::map<std::string, std::map<std::string, std::vector<const RdmaDevice*>>> by_model;
  for (const auto& nic : machine.rdma) {
    if (!nic.firmware.empty()) {
      by_model[nic.type + nic.board][nic.firmware].push_back(&nic);
    }
  }
  for (const auto& [model, by_firmware] : by_model) {
    const auto usual = std::ranges::max_element(by_firmware, {}, [](const auto& one) { return one.second.size(); });
    for (const auto& [firmware, nics] : by_firmware) {
      for (const auto* nic : firmware == usual->first ? std::vector<const RdmaDevice*>() : nics) {
        rows.warn(machine.nic_id(nic->name), firmware, usual->first + ", as others of its model here",
                  "burn one firmware into all NICs of a model, then power cycle");
      }
    }
  }
  if (!by_model.empty()) {
    rows.pass_unless_told("NICs of a model have one firmware");
  }
}

void look_at_pkey(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  std::size_t infiniband = 0;
  for_each_port(machine, [&](const RdmaDevice& nic, const RdmaPort& port) {
    const auto key = machine.tree->text(port.path() + "/pkeys/0");
    if (port.is_roce() || !port.is_active() || !key) {
      return;
    }
    ++infiniband;
    constexpr std::string_view kFull = "89abcdefABCDEF";  // the top bit: full member
    if (key->size() != 6 || kFull.find((*key)[2]) == std::string_view::npos) {
      rows.fail(machine.nic_id(nic.name), port_words(port) + ": PKey 0 is " + *key, "a full member, such as 0xffff",
                "add the port as a full member to the partition in the subnet manager: limited members cannot talk to "
                "each other");
    }
  });
  if (infiniband > 0) {
    rows.pass_unless_told("ports are full members of their partition");
  }
}

void look_at_port_errors(const Machine& machine, const NodeLimits& limits, CheckRows& rows) {
  struct Counter {
    const char *name, *limit;
  };
  constexpr Counter kCounters[] = {{"link_downed", "max_link_downed"},
                                   {"link_error_recovery", "max_link_downed"},
                                   {"symbol_error", "max_symbol_errors"},
                                   {"port_rcv_errors", "max_port_receive_errors"},
                                   {"local_link_integrity_errors", "max_symbol_errors"},
                                   {"excessive_buffer_overrun_errors", "max_symbol_errors"}};
  const auto ports = for_each_port(machine, [&](const RdmaDevice& nic, const RdmaPort& port) {
    for (const auto& counter : kCounters) {
      const auto value = machine.tree->number(port.path() + "/counters/" + counter.name);
      if (value && static_cast<double>(*value) > limits[counter.limit]) {
        rows.warn(machine.nic_id(nic.name),
                  fmt::format("{}: {} is {} since boot", port_words(port), counter.name, *value),
                  fmt::format("at most {:g}", limits[counter.limit]),
                  "clean and reseat the cable, then swap it; see whether the counter still rises");
      }
    }
  });
  if (ports > 0) {
    rows.pass_unless_told("port error counters are low");
  }
}

void look_at_link_flaps(const Machine& machine, const NodeLimits& limits, CheckRows& rows) {
  std::size_t looked_at = 0;
  for_each_port(machine, [&](const RdmaDevice& nic, const RdmaPort& port) {
    const auto changes =
        port.netdev.empty() ? std::nullopt : machine.tree->number("/sys/class/net/" + port.netdev + "/carrier_changes");
    looked_at += changes ? 1 : 0;
    if (changes && static_cast<double>(*changes) > limits["max_carrier_changes"]) {
      rows.warn(machine.nic_id(nic.name),
                fmt::format("{}: the link went up or down {} times since boot", port.netdev, *changes),
                fmt::format("at most {:g}", limits["max_carrier_changes"]),
                "clean and reseat the cable and its transceivers; then swap them");
    }
  });
  if (looked_at > 0) {
    rows.pass_unless_told("links came up and stayed");
  }
}

}  // namespace plumb::diag
