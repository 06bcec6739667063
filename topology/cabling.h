// The cables of a map and of its plan in the same terms, so that they can be held against each other.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "topology/plan_match.h"

namespace plumb::topology {

/// A part of the map or, from found.node_count() on, one that only the plan has.
using Part = std::uint32_t;
/// A port's name, whatever its case; kAnyPort: not known, or not comparable.
using Port = std::uint32_t;
inline constexpr Port kAnyPort = 0;

struct Socket {
  Part part = 0;
  Port port = kAnyPort;
  friend auto operator<=>(const Socket&, const Socket&) = default;
};

/// May be the same socket.
inline bool agree(const Socket& x, const Socket& y) {
  return x.part == y.part && (x.port == y.port || x.port == kAnyPort || y.port == kAnyPort);
}

struct Cable {
  std::array<Socket, 2> ends;  // the smaller first
  LinkIndex link = 0;          // in its graph
};

class Cabling {
 public:
  Cabling(const Graph& found, const Graph& plan);

  [[nodiscard]] const std::vector<Cable>& found() const { return found_cables_; }
  [[nodiscard]] const std::vector<Cable>& planned() const { return planned_cables_; }
  [[nodiscard]] core::LinkView found_row(const Cable& cable) const { return found_.link_row(cable.link); }
  [[nodiscard]] core::LinkView planned_row(const Cable& cable) const { return plan_.link_row(cable.link); }

  /// The id of a planned cable, with the names of the map where it has the parts.
  [[nodiscard]] std::string id_of_planned(const Cable& cable) const;

  [[nodiscard]] std::size_t part_count() const { return found_.node_count() + plan_.node_count(); }
  [[nodiscard]] bool is_found(Part part) const { return part < found_.node_count(); }
  /// Of the map where it has the part, else of the plan.
  [[nodiscard]] const core::NodeView& row(Part part) const;
  [[nodiscard]] NodeKind kind(Part part) const;
  /// The host that it stands in, or itself.
  [[nodiscard]] Part whole(Part part) const;
  /// Where the map or the plan says that it stands; empty when neither does.
  [[nodiscard]] std::string rack(Part part) const;
  [[nodiscard]] std::string_view port_name(Port port) const { return port_names_[port]; }
  /// The plan knows the part, with or without cables.
  [[nodiscard]] bool is_planned(Part part) const;
  [[nodiscard]] std::size_t parts_in_both() const;

  /// Hosts of which plan and map name the NICs so differently that only the host was compared.
  [[nodiscard]] const std::vector<Part>& hosts_without_nics() const { return hosts_without_nics_; }
  /// Switches of which they name the ports so differently that ports were not compared.
  [[nodiscard]] const std::vector<Part>& switches_without_ports() const { return switches_without_ports_; }

 private:
  [[nodiscard]] Part part_of_planned(NodeIndex node) const;
  Port port_named(std::string_view name);
  void add_cables();
  void join_hosts();
  void forget_strange_ports();
  template <class Visit>
  void each_socket(Visit visit);

  const Graph& found_;
  const Graph& plan_;
  PlanMatch match_;
  std::vector<Cable> found_cables_, planned_cables_;
  std::vector<std::string> port_names_{""};
  std::unordered_map<std::string, Port> ports_;
  std::vector<Part> hosts_without_nics_, switches_without_ports_;
};

}  // namespace plumb::topology
