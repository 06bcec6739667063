// What one machine's LLDP daemon tells: itself, and who is at the other end of each of its ports.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "topology/file_reader.h"

namespace plumb::topology {

/// A chassis: this machine or a neighbour. All names are untrusted.
struct LldpChassis {
  std::string name, id;          // id: mostly a MAC address; a NIC's own firmware tells no name
  std::optional<bool> forwards;  // says that it is a bridge or a router, as switches do (and hosts of containers)
};

struct LldpNeighbour {
  std::string interface;  // of this machine
  LldpChassis chassis;
  std::string port_id, port;    // of the neighbour: as it identifies it, and by name where it tells one
  bool is_lldp = true;          // not CDP and the like
  std::optional<double> age_s;  // since it was first heard so
};

struct LldpView {
  std::optional<LldpChassis> self;  // where the daemon was asked for it
  std::vector<LldpNeighbour> neighbours;
};

/// lldpd's JSON, as `-f json0` or `-f json` give it; several documents after one another (chassis and neighbours) are
/// one view. Throws Error "FILE:LINE:COLUMN: …" on broken JSON, and with the file when it is of something else.
LldpView parse_lldp(const FileText& file);

/// What a machine knows of its own interface.
struct LldpInterface {
  std::string rdma;  // its RDMA device, by which the map calls it
  core::MaybeReal rate_Bps;
};

struct LldpWhere {
  std::string host;              // how the map calls the machine; for a file: what its name says
  bool host_is_certain = false;  // else the name that the view itself tells goes before
  std::function<LldpInterface(const std::string& netdev)> interface = [](const std::string&) {
    return LldpInterface();
  };
};

/// Adds the machine, its neighbours and the cables. Of several neighbours on a port, and of several ports to which one
/// neighbour's port is said to lead, the one heard of last stands: a remark `stale_neighbour` (warn) names the other.
void add_lldp(const LldpView& view, const LldpWhere& where, GraphBuilder& builder);

}  // namespace plumb::topology
