// The RDMA ports of this host as sysfs tells them. Read-only.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace plumb::bench {

struct RdmaPort {
  std::string device, port;
  std::string state, rate, link_layer;  // "ACTIVE", "400 Gb/sec (4X NDR)", "Ethernet"
  [[nodiscard]] std::string words() const;
};

/// Below `root`, which is "/" or a captured machine. By device and port.
std::vector<RdmaPort> rdma_ports(const std::filesystem::path& root = "/");

/// Devices with an active port: "mlx5_0", …, in order.
std::vector<std::string> active_devices(const std::vector<RdmaPort>& ports);

/// "rxe0 port 1 ACTIVE 10 Gb/sec (1X FDR10) Ethernet, …".
std::string rdma_ports_words(const std::vector<RdmaPort>& ports);
inline constexpr const char* kNoRdmaDevice = "no RDMA device: /sys/class/infiniband is empty";

}  // namespace plumb::bench
