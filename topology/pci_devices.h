// NICs and GPUs of a host: where they sit, as hwloc or a file tells it, and how they stand in the map.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "topology/graph.h"

namespace plumb::topology {

/// A device's link to the bridge above it. Some tell lanes and speed, some only what they come to.
struct PcieLink {
  double lanes = 0, gigatransfers = 0;          // now; 0: not known
  double max_lanes = 0, max_gigatransfers = 0;  // that both the device and the bridge can
  core::MaybeReal rate_Bps;
};

struct PciDevice {
  enum class Kind : std::uint8_t { nic, gpu };
  Kind kind = Kind::nic;
  std::string address;        // "0000:17:00.0"
  std::string verbs, netdev;  // kernel names of a NIC, empty where it has none
  std::string model;
  std::optional<std::int64_t> numa;
  std::vector<std::uint64_t>
      ancestry;  // bridges above it, outermost first: what two devices share tells how near they are
  std::string driver, guid, state;
  core::MaybeReal rate_Bps;  // of a NIC's port
  PcieLink pcie;
};

struct Machine {
  std::string host;  // empty: not known
  std::string model, serial;
  std::vector<PciDevice> devices;
};

/// Adds the host, its GPUs and NICs and their PCIe links. Devices are numbered by NUMA node and address, so that every
/// source that sees them all gives them the same ids. Returns those ids by PCI address.
std::map<std::string, std::string> add_machine(Machine machine, const std::string& host, const std::string& source,
                                               GraphBuilder& builder);

/// Throws Error when hwloc cannot load the machine below `root`.
Machine load_machine(const std::string& root);

/// Of the library that runs: "API 2.8.0".
std::string hwloc_version();

}  // namespace plumb::topology
