// What node checks look at: the devices of a host as its kernel tells them. Read once, from one tree.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "diag/kernel_message.h"
#include "diag/node_tree.h"
#include "diag/pcie_registers.h"

namespace plumb::diag {

struct LinkWidth {
  int lanes = 0;             // 0: not known
  double gigatransfers = 0;  // a second and lane
};

struct PciDevice {
  std::string address, path;  // "0000:17:00.0"; where it stands below /sys/devices
  std::string vendor, device, driver;
  unsigned device_class = 0;  // 0x030200
  std::optional<long long> numa;
  LinkWidth now, most;
  std::string config;              // of its registers, as far as they may be read
  std::vector<std::string> above;  // addresses of the bridges above it, nearest first
};

/// One port of an RDMA device. Texts as sysfs has them.
struct RdmaPort {
  std::string device, number;
  std::string state, physical, rate, link_layer;  // "ACTIVE", "LinkUp", "400 Gb/sec (4X NDR)", "Ethernet"
  double gigabits = 0;
  std::string netdev;  // of RoCE
  [[nodiscard]] bool is_roce() const { return link_layer == "Ethernet"; }
  [[nodiscard]] bool is_active() const { return state == "ACTIVE"; }
  [[nodiscard]] std::string path() const { return "/sys/class/infiniband/" + device + "/ports/" + number; }
};

struct RdmaDevice {
  std::string name, pci, firmware, type, board;  // "mlx5_0"; pci is empty for devices made of software
  std::vector<RdmaPort> ports;
};

struct Machine {
  const NodeTree* tree;
  std::string host;
  bool is_virtual = false;
  std::map<std::string, PciDevice> pci;            // by address; all of them
  std::vector<const PciDevice*> gpus, nvswitches;  // by address; NVIDIA's
  std::vector<RdmaDevice> rdma;
  std::string kernel_log;
  std::vector<KernelMessage> kernel_messages;  // of that log
  std::optional<std::string> why_no_log;
  int numa_nodes = 1;

  [[nodiscard]] std::string host_id() const { return "host/" + host; }
  [[nodiscard]] std::string gpu_id(const PciDevice& gpu) const;
  [[nodiscard]] std::string nic_id(const std::string& rdma_device) const { return "nic/" + host + "/" + rdma_device; }
  /// The device behind an RDMA device; null when it has none.
  [[nodiscard]] const PciDevice* device_of(const RdmaDevice& nic) const;
  /// GPUs and NICs: id and device.
  [[nodiscard]] std::vector<std::pair<std::string, const PciDevice*>> fast_devices() const;
  [[nodiscard]] bool has_fast_devices() const { return !gpus.empty() || !rdma.empty(); }
};

/// `host` empty: as the tree's kernel tells it. The tree has to stay.
Machine read_machine(const NodeTree& tree, const std::string& host = {});

/// "16.0 GT/s PCIe" to 16; 0 for what is no rate.
double gigatransfers_of(const std::string& text);
/// "x16 at 32 GT/s"
std::string words_of(const LinkWidth& link);

}  // namespace plumb::diag
