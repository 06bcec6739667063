// NICs and GPUs of a host as hwloc sees them: where they sit, not what they do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace plumb::topology {

struct PciDevice {
  enum class Kind : std::uint8_t { nic, gpu };
  Kind kind = Kind::nic;
  std::string address;        // "0000:17:00.0"
  std::string verbs, netdev;  // kernel names of a NIC, empty where it has none
  std::string model;
  std::optional<std::int64_t> numa;
  std::vector<std::uint64_t>
      ancestry;  // bridges above it, outermost first: what two devices share tells how near they are
};

struct Machine {
  std::string model;
  std::vector<PciDevice> devices;  // by NUMA node and address
};

/// Throws Error when hwloc cannot load the machine below `root`.
Machine load_machine(const std::string& root);

/// Of the library that runs: "API 2.8.0".
std::string hwloc_version();

}  // namespace plumb::topology
