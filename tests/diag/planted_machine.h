// A made-up GPU host as files below a directory, healthy until a test breaks something.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/rows.h"

namespace plumb::diag {

class PlantedMachine {
 public:
  enum class Fabric { roce, infiniband };
  /// Two sockets, eight GPUs, each with a NIC behind one PCIe switch, four NVSwitches. Below a directory of its own.
  explicit PlantedMachine(Fabric fabric = Fabric::roce);
  ~PlantedMachine();
  PlantedMachine(const PlantedMachine&) = delete;
  PlantedMachine& operator=(const PlantedMachine&) = delete;

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  /// Writes a file; directories are made.
  void put(const std::string& path, const std::string& content) const;
  void remove(const std::string& path) const;
  void link(const std::string& path, const std::string& target) const;
  void add_to_log(const std::string& line) const;

  /// A second port on the card of NIC `i`, mlx5_8, with no cable in it; RoCE.
  void add_second_port(int i) const;

  /// Below /sys/devices, of the parts that belong to GPU `i`.
  static std::string gpu(int i);
  static std::string nic(int i);
  static std::string bridge(int i);  // right above the GPU
  static std::string port(int i);    // /sys/class/infiniband/mlx5_<i>/ports/1
  static std::string netdev(int i);  // /sys/class/net/ens<i>

  /// Rows that are not "pass".
  [[nodiscard]] std::vector<core::CheckRow> faults() const;

 private:
  void add_pci(const std::string& path, const std::string& vendor, const std::string& device_class,
               bool is_bridge) const;
  void add_nic(int i, const std::string& path, int socket, Fabric fabric) const;
  void add_cpus() const;

  std::filesystem::path root_;
};

/// What ibv_devinfo says of an InfiniBand port.
std::string devinfo(const std::string& active_mtu);

/// Configuration space with the registers that are looked at.
std::string config_space(unsigned device_control, unsigned acs);

}  // namespace plumb::diag
