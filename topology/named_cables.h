// Cables between named ports, as drawings of Ethernet and InfiniBand fabrics give them: nothing but the names says what
// is a host and what is a switch.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "topology/file_reader.h"

namespace plumb::topology {

/// Whether a port is called as the NICs of a host are: eth0, enp25s0np0, ib0, mlx5_2, bond0, HCA-1, rdma0, rail3, …;
/// "Ethernet12", "swp1", "1/7" and "Port 3" are ports of switches.
bool is_nic_name(std::string_view port);

/// A name of a port as a cell: without blanks around it, with '_' for those inside.
std::string port_part(std::string_view port);

struct NamedEnd {
  std::string device, port;
};

class NamedCables {
 public:
  /// `source`: the `source` cell of all it adds. `file` must outlive it.
  NamedCables(std::string source, const FileText& file) : source_(std::move(source)), file_(file) {}
  void add(NamedEnd a, NamedEnd b, std::size_t line);
  /// That the drawing says what a device is; else a device all of whose ports have names of NICs is a host.
  void say(const std::string& device, NodeKind kind) { kinds_[device] = kind; }

  /// Hosts' ends become nic/HOST/PORT. Throws Error with file and line when a port holds two cables, or both ends of a
  /// cable are one.
  void add_to(GraphBuilder& builder) const;

 private:
  struct Cable {
    NamedEnd a, b;
    std::size_t line;
  };
  [[nodiscard]] std::unordered_map<std::string, NodeKind> kinds() const;
  [[noreturn]] void fail(std::size_t line, const std::string& message) const;

  std::string source_;
  const FileText& file_;
  std::vector<Cable> cables_;
  std::unordered_map<std::string, NodeKind> kinds_;
};

}  // namespace plumb::topology
