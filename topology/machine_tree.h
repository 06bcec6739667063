// A machine as a tree of parts, from hwloc or from hwloc's XML, and what of it the map needs.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "topology/pci_devices.h"

namespace plumb::topology {

struct MachinePart {
  enum class Kind : std::uint8_t { other, pci, netdev, verbs };  // other: bridges too
  Kind kind = Kind::other;
  std::string name;                                        // of a function that the kernel gives: "mlx5_0"
  std::string address;                                     // of a PCI device
  unsigned pci_class = 0, vendor = 0;                      // class: 0x0302
  double link_GBps = 0;                                    // of a PCI device's link, 0: not known
  std::optional<std::int64_t> numa;                        // when it belongs to one node
  std::vector<std::pair<std::string, std::string>> infos;  // what hwloc knows besides, by name
  std::vector<MachinePart> children;
};

/// Goes down by recursion.
Machine machine_of(const MachinePart& root);

}  // namespace plumb::topology
