#include "topology/lldp.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <tuple>
#include <unordered_map>

#include "core/text.h"
#include "topology/ib_fabric.h"
#include "topology/named_cables.h"

namespace plumb::topology {
namespace {

bool is_mac(std::string_view text) {
  return text.size() == 17 && std::ranges::count(text, ':') == 5 &&
         text.find_first_not_of("0123456789abcdefABCDEF:") == std::string_view::npos;
}

/// Of the port of a neighbour; machines of one name differ by their ids, ports of one description, too.
std::string identity_of(const LldpNeighbour& one) {
  return fmt::format("{}\n{}\n{}\n{}", one.chassis.id, one.chassis.name, one.port_id, one.port);
}

double age_of(const LldpNeighbour& neighbour) {
  return neighbour.age_s.value_or(std::numeric_limits<double>::infinity());
}

/// Which of two on a port is to be believed: a daemon's word before that of other protocols and of a NIC's firmware,
/// which tells no name; then what was heard last.
auto rank_of(const LldpNeighbour& neighbour) {
  return std::tuple(!neighbour.is_lldp, neighbour.chassis.name.empty(), age_of(neighbour));
}

std::string age_text(const LldpNeighbour& neighbour) {
  return neighbour.age_s ? fmt::format("known for {:.0f} s", *neighbour.age_s) : "known for an unknown time";
}

struct End {
  std::string node, port;
  [[nodiscard]] std::string text() const { return port.empty() ? node : node + ":" + port; }
};

class Adding {
 public:
  Adding(const LldpView& view, const LldpWhere& where, GraphBuilder& builder)
      : view_(view), where_(where), builder_(builder) {
    name_self();
    find_switches();
  }

  void add() {
    add_self();
    auto kept = newest_of_each_port();
    drop_ports_left(kept);
    for (const auto* neighbour : kept) {
      add_cable(*neighbour);
    }
    if (view_.neighbours.empty()) {
      builder_.remark({host_, id_of_self(), "lldp_neighbour", "warn", "hears no neighbour", "a neighbour a cable",
                       "see that lldpd runs on the switches too, and wait for half a minute after it started"});
    }
  }

 private:
  /// n05.cluster.local is n05 when this machine is called so: then its neighbours lose that domain, too.
  void name_self() {
    host_ = where_.host;
    const auto told = view_.self ? view_.self->name : "";
    if (told.starts_with(host_ + ".")) {
      domain_ = told.substr(host_.size());
    } else if (!told.empty() && !where_.host_is_certain) {
      host_ = told;
    } else if (!told.empty() && told != host_) {
      builder_.remark({id_part(host_), "host/" + id_part(host_), "lldp_name", "warn",
                       fmt::format("its neighbours know it as {}", core::printable(told)), "one name a machine",
                       "give that name by --host, or set lldpd's (configure system hostname)"});
    }
    host_ = id_part(host_);
  }

  /// Who forwards and has a port that is not called like a NIC is a switch; a host of containers forwards, too.
  void find_switches() {
    std::unordered_map<std::string, bool> has_switch_port;
    const auto is_switch_port = [](const std::string& port, const LldpChassis& chassis) {
      return is_mac(port) ? chassis.forwards.value_or(false) : !is_nic_name(port);
    };
    for (const auto& [interface, chassis, port_id, port, is_lldp, age_s] : view_.neighbours) {
      has_switch_port[name_of(chassis)] |= is_switch_port(port, chassis);
      self_is_switch_ |= !is_nic_name(interface);
    }
    for (const auto& neighbour : view_.neighbours) {
      const auto name = name_of(neighbour.chassis);
      is_switch_[name] |= neighbour.chassis.forwards.value_or(true) && has_switch_port[name];
    }
    const bool has_rdma = std::ranges::any_of(
        view_.neighbours, [&](const LldpNeighbour& one) { return !where_.interface(one.interface).rdma.empty(); });
    self_is_switch_ = self_is_switch_ && !has_rdma && (!view_.self || view_.self->forwards.value_or(true));
  }

  [[nodiscard]] std::string name_of(const LldpChassis& chassis) const {
    auto name = chassis.name.empty() ? chassis.id : chassis.name;
    if (!domain_.empty() && name.size() > domain_.size() && name.ends_with(domain_)) {
      name.resize(name.size() - domain_.size());
    }
    return id_part(name);
  }

  [[nodiscard]] std::string id_of_self() const { return (self_is_switch_ ? "switch/" : "host/") + host_; }

  /// A chassis' MAC address stands as its GUID, so that two of one name show as a conflict.
  void add_machine(const std::string& id, const std::string& chassis_id) {
    core::NodeRow row;
    row.id = id;
    row.guid = is_mac(chassis_id) ? chassis_id : "";
    row.source = "lldp";
    builder_.add(std::move(row));
  }

  void add_self() { add_machine(id_of_self(), view_.self ? view_.self->id : ""); }

  [[nodiscard]] End near_end(const std::string& interface) const {
    if (self_is_switch_) {
      return {id_of_self(), port_part(interface)};
    }
    const auto rdma = where_.interface(interface).rdma;
    return {fmt::format("nic/{}/{}", host_, id_part(rdma.empty() ? interface : rdma)), ""};
  }

  [[nodiscard]] End far_end(const LldpNeighbour& neighbour) const {
    const auto name = name_of(neighbour.chassis);
    return is_switch_.at(name) ? End{"switch/" + name, port_part(neighbour.port)}
                               : End{fmt::format("nic/{}/{}", name, id_part(neighbour.port)), ""};
  }

  void remark_stale(const End& at, const LldpNeighbour& dropped, const LldpNeighbour& kept,
                    const std::string& instead) {
    builder_.remark({host_, at.text(), "stale_neighbour", "warn",
                     fmt::format("told of {} too, {}", far_end(dropped).text(), age_text(dropped)),
                     fmt::format("{}, {}", instead, age_text(kept)),
                     "the younger was believed; ask again when the time to live of the other is over"});
  }

  /// By interface, in the order in which they were told.
  std::vector<const LldpNeighbour*> newest_of_each_port() {
    std::vector<const LldpNeighbour*> kept;
    std::unordered_map<std::string, std::size_t> at;
    for (const auto& neighbour : view_.neighbours) {
      const auto [found, is_new] = at.emplace(neighbour.interface, kept.size());
      if (is_new) {
        kept.push_back(&neighbour);
        continue;
      }
      const auto* other = kept[found->second];
      const auto [winner, loser] =
          rank_of(neighbour) < rank_of(*other) ? std::pair(&neighbour, other) : std::pair(other, &neighbour);
      kept[found->second] = winner;
      // The same neighbour by another protocol, or the firmware of the NIC behind this port, is no news.
      if (loser->is_lldp == winner->is_lldp && loser->chassis.name.empty() == winner->chassis.name.empty() &&
          identity_of(*winner) != identity_of(*loser)) {
        remark_stale(near_end(neighbour.interface), *loser, *winner, far_end(*winner).text());
      }
    }
    return kept;
  }

  /// A neighbour that moved from one of our ports to another is told on both for a while.
  void drop_ports_left(std::vector<const LldpNeighbour*>& kept) {
    std::unordered_map<std::string, const LldpNeighbour*> newest;
    for (const auto* neighbour : kept) {
      auto& best = newest.emplace(identity_of(*neighbour), neighbour).first->second;
      best = age_of(*neighbour) < age_of(*best) ? neighbour : best;
    }
    std::erase_if(kept, [&](const LldpNeighbour* neighbour) {
      const auto* best = newest.at(identity_of(*neighbour));
      const bool is_left = best != neighbour && !neighbour->port.empty();
      if (is_left) {
        remark_stale(near_end(neighbour->interface), *neighbour, *best,
                     fmt::format("{} at {}", far_end(*best).text(), near_end(best->interface).text()));
      }
      return is_left;
    });
  }

  void add_cable(const LldpNeighbour& neighbour) {
    const auto here = near_end(neighbour.interface), there = far_end(neighbour);
    if (here.text() == there.text()) {
      builder_.remark({host_, here.text(), "lldp_loop", "warn", "hears itself", "another port at the other end",
                       "look for a loop, or for two machines of this name"});
      return;
    }
    const auto known = where_.interface(neighbour.interface);
    add_nic(here.node, neighbour.interface, known);
    const auto name = name_of(neighbour.chassis);
    add_machine((is_switch_.at(name) ? "switch/" : "host/") + name, neighbour.chassis.id);
    core::LinkRow row;
    row.kind = "cable";
    row.a = here.node;
    row.a_port = here.port;
    row.b = there.node;
    row.b_port = there.port;
    row.rate_Bps = known.rate_Bps;
    row.state = "up";
    row.source = "lldp";
    builder_.add(std::move(row));
  }

  /// "mlx5_0 (enp25s0np0)": the name tells the interface by which neighbours know it.
  void add_nic(const std::string& id, const std::string& interface, const LldpInterface& known) {
    if (!self_is_switch_) {
      core::NodeRow row;
      row.id = id;
      row.name = known.rdma.empty() ? core::printable(interface)
                                    : core::printable(fmt::format("{} ({})", known.rdma, interface));
      row.source = "lldp";
      builder_.add(std::move(row));
    }
  }

  const LldpView& view_;
  const LldpWhere& where_;
  GraphBuilder& builder_;
  std::string host_, domain_;
  bool self_is_switch_ = false;
  std::unordered_map<std::string, bool> is_switch_;  // by name
};

}  // namespace

void add_lldp(const LldpView& view, const LldpWhere& where, GraphBuilder& builder) {
  Adding(view, where, builder).add();
}

}  // namespace plumb::topology
