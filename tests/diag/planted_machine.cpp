#include "tests/diag/planted_machine.h"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>

#include "diag/node_check.h"

namespace plumb::diag {
namespace {

namespace fs = std::filesystem;

constexpr int kGpus = 8;

std::string root_port(int i) { return fmt::format("/sys/devices/pci0000:{0:x}0/0000:{0:x}0:01.0", i + 1); }
std::string upstream(int i) { return fmt::format("{}/0000:{:x}1:00.0", root_port(i), i + 1); }
std::string address_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

constexpr const char* kLimits =
    "Limit                     Soft Limit           Hard Limit           Units     \n"
    "Max open files            1048576              1048576              files     \n"
    "Max locked memory         unlimited            unlimited            bytes     \n";

}  // namespace

std::string config_space(unsigned device_control, unsigned acs) {
  std::string config(4096, '\0');
  const auto put = [&](std::size_t at, unsigned value) {
    config[at] = static_cast<char>(value & 0xffU);
    config[at + 1] = static_cast<char>(value >> 8U & 0xffU);
  };
  put(0, 0x10de);
  put(0x34, 0x60);
  put(0x60, 0x0010);  // PCI Express, the last capability
  put(0x68, device_control);
  put(0x100, 0x000d);  // ACS, version 1, the last one
  put(0x102, 0x0001);
  put(0x106, acs);
  return config;
}

std::string devinfo(const std::string& active_mtu) {
  return "hca_id:\tmlx5_0\n\ttransport:\t\t\tInfiniBand (0)\n\tphys_port_cnt:\t\t\t1\n\t\tport:\t1\n"
         "\t\t\tstate:\t\t\tPORT_ACTIVE (4)\n\t\t\tmax_mtu:\t\t4096 (5)\n\t\t\tactive_mtu:\t\t" +
         active_mtu + "\n\t\t\tlink_layer:\t\tInfiniBand\n\n";
}

std::string PlantedMachine::gpu(int i) { return bridge(i) + fmt::format("/0000:{:x}3:00.0", i + 1); }
std::string PlantedMachine::bridge(int i) { return upstream(i) + fmt::format("/0000:{:x}2:00.0", i + 1); }
std::string PlantedMachine::nic(int i) {
  return upstream(i) + fmt::format("/0000:{0:x}2:01.0/0000:{0:x}4:00.0", i + 1);
}
std::string PlantedMachine::port(int i) { return fmt::format("/sys/class/infiniband/mlx5_{}/ports/1", i); }
std::string PlantedMachine::netdev(int i) { return fmt::format("/sys/class/net/ens{}", i); }

PlantedMachine::PlantedMachine(Fabric fabric) {
  static int number = 0;
  const auto memory = fs::path("/dev/shm");  // hundreds of small files: disks are slow at that
  root_ = (fs::is_directory(memory) ? memory : fs::temp_directory_path()) /
          fmt::format("plumb-machine-{}-{}", ::getpid(), ++number);
  for (int i = 0; i < kGpus; ++i) {
    for (const auto& path : {root_port(i), upstream(i), bridge(i), fs::path(nic(i)).parent_path().string()}) {
      add_pci(path, "0x1000", "0x060400", true);
    }
    add_pci(gpu(i), "0x10de", "0x030200", false);
    link(gpu(i) + "/driver", "/sys/bus/pci/drivers/nvidia");
    put(gpu(i) + "/numa_node", i < kGpus / 2 ? "0\n" : "1\n");
    add_nic(i, nic(i), i < kGpus / 2 ? 0 : 1, fabric);
  }
  for (int i = 0; i < 4; ++i) {
    add_pci(fmt::format("/sys/devices/pci0000:a0/0000:a{}:00.0", i + 1), "0x10de", "0x068000", false);
  }
  add_cpus();
  put("/proc/sys/kernel/hostname", "n05\n");
  put("/proc/sys/kernel/numa_balancing", "0\n");
  put("/proc/sys/kernel/osrelease", "5.15.0-113-generic\n");
  put("/proc/self/limits", kLimits);
  put("/proc/modules", "nvidia_peermem 16384 0 - Live 0x0\nnvidia 9000000 10 - Live 0x0\n");
  put("/proc/driver/nvidia/version",
      "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue Mar  5 22:23:56 UTC 2024\nGCC version: 12.2\n");
  put("/plumbline/libcuda", "libcuda.so.550.54.15\n");
  put("/plumbline/daemons", "nv-fabricmanage\nnvidia-persiste\n");
  put("/plumbline/kernel_log", "[    0.000000] Linux version 5.15.0-113-generic\n");
  put("/plumbline/shm_free_bytes", "540000000000");
  put("/plumbline/tmp_free_bytes", "90000000000");
  put("/plumbline/clock", "1 350");
  std::string nvlinks;
  for (int i = 0; i < kGpus; ++i) {
    nvlinks += address_of(gpu(i)) + " 18 18\n";
  }
  put("/plumbline/nvlinks", nvlinks);
}

PlantedMachine::~PlantedMachine() {
  std::error_code error;
  fs::remove_all(root_, error);
}

void PlantedMachine::put(const std::string& path, const std::string& content) const {
  const auto place = root_ / path.substr(1);
  fs::create_directories(place.parent_path());
  std::ofstream(place, std::ios::binary) << content;
}

void PlantedMachine::remove(const std::string& path) const { fs::remove_all(root_ / path.substr(1)); }

void PlantedMachine::link(const std::string& path, const std::string& target) const {
  const auto place = root_ / path.substr(1);
  fs::create_directories(place.parent_path());
  fs::create_directories(root_ / target.substr(1));
  fs::remove(place);
  fs::create_symlink(fs::relative(root_ / target.substr(1), place.parent_path()), place);
}

void PlantedMachine::add_to_log(const std::string& line) const {
  std::ofstream(root_ / "plumbline/kernel_log", std::ios::app) << line << "\n";
}

void PlantedMachine::add_pci(const std::string& path, const std::string& vendor, const std::string& device_class,
                             bool is_bridge) const {
  put(path + "/vendor", vendor + "\n");
  put(path + "/device", "0x2330\n");
  put(path + "/class", device_class + "\n");
  put(path + "/numa_node", "0\n");
  for (const auto* which : {"current", "max"}) {
    put(path + "/" + which + "_link_width", "16\n");
    put(path + "/" + which + "_link_speed", "32.0 GT/s PCIe\n");
  }
  put(path + "/aer_dev_correctable", "RxErr 0\nTOTAL_ERR_COR 2\n");
  put(path + "/aer_dev_nonfatal", "TOTAL_ERR_NONFATAL 0\n");
  put(path + "/aer_dev_fatal", "TOTAL_ERR_FATAL 0\n");
  put(path + "/iommu_group/type", "identity\n");
  put(path + "/config", config_space(0x5050, is_bridge ? 0x1 : 0));
  link("/sys/bus/pci/devices/" + address_of(path), path);
}

void PlantedMachine::add_nic(int i, const std::string& path, int socket, Fabric fabric) const {
  const bool is_roce = fabric == Fabric::roce;
  add_pci(path, "0x15b3", is_roce ? "0x020000" : "0x020700", false);
  put(path + "/numa_node", fmt::format("{}\n", socket));
  const auto device = path + fmt::format("/infiniband/mlx5_{}", i);
  link(fmt::format("/sys/class/infiniband/mlx5_{}", i), device);
  link(device + "/device", path);
  put(device + "/fw_ver", "28.39.1002\n");
  put(device + "/hca_type", "MT4129\n");
  put(device + "/board_id", "MT_0000000838\n");
  put(device + "/ports/1/state", "4: ACTIVE\n");
  put(device + "/ports/1/phys_state", "5: LinkUp\n");
  put(device + "/ports/1/rate", "400 Gb/sec (4X NDR)\n");
  put(device + "/ports/1/link_layer", is_roce ? "Ethernet\n" : "InfiniBand\n");
  put(device + "/ports/1/pkeys/0", "0xffff\n");
  for (const auto* counter : {"link_downed", "symbol_error", "port_rcv_errors", "link_error_recovery"}) {
    put(device + "/ports/1/counters/" + counter, "0\n");
  }
  if (!is_roce) {
    put(fmt::format("/plumbline/ibv_devinfo-mlx5_{}", i), devinfo("4096 (5)"));
  }
  if (is_roce) {
    const auto name = fmt::format("ens{}", i);
    put(device + "/ports/1/gid_attrs/ndevs/0", name + "\n");
    put(device + "/ports/1/gid_attrs/types/0", "IB/RoCE v1\n");
    put(device + "/ports/1/gid_attrs/types/3", "RoCE v2\n");
    put(device + "/ports/1/gids/0", "fe80:0000:0000:0000:0202:c9ff:fe00:0001\n");
    put(device + "/ports/1/gids/3", "0000:0000:0000:0000:0000:ffff:0a00:0001\n");
    put(device + "/tc/1/traffic_class", "Global tclass=106\n");
    put(netdev(i) + "/mtu", "9000\n");
    put(netdev(i) + "/carrier_changes", "2\n");
    put(netdev(i) + "/ecn/roce_np/enable/3", "1\n");
    put(netdev(i) + "/ecn/roce_rp/enable/3", "1\n");
    put("/plumbline/dcb-pfc-" + name,
        "pfc-cap 8 macsec-bypass off delay 0\nprio-pfc 0:off 1:off 2:off 3:on 4:off 5:off 6:off 7:off\n");
    put("/plumbline/dcb-app-" + name, "dscp-prio CS6:6 26:3\n");
    put("/plumbline/dcb-buffer-" + name,
        "prio-buffer 0:0 1:0 2:0 3:1 4:0 5:0 6:0 7:0\nbuffer-size 0:130944b 1:130944b 2:0b total-size 262016b\n");
  }
}

void PlantedMachine::add_second_port(int i) const {
  const auto path = nic(i).substr(0, nic(i).size() - 1) + "1";
  add_nic(kGpus, path, i < kGpus / 2 ? 0 : 1, Fabric::roce);
  put(port(kGpus) + "/state", "1: DOWN\n");
  put(port(kGpus) + "/phys_state", "2: Polling\n");
}

void PlantedMachine::add_cpus() const {
  for (int i = 0; i < 4; ++i) {
    const auto path = fmt::format("/sys/devices/system/cpu/cpu{}", i);
    put(path + "/cpufreq/scaling_governor", "performance\n");
    put(path + "/cpufreq/scaling_max_freq", "3800000\n");
    put(path + "/cpufreq/cpuinfo_max_freq", "3800000\n");
    put(path + "/thermal_throttle/package_throttle_count", "0\n");
    put(path + "/cpuidle/state0/latency", "0\n");
    put(path + "/cpuidle/state1/latency", "2\n");
    put(path + "/cpuidle/state1/name", "C1\n");
  }
  put("/sys/devices/system/cpu/offline", "\n");
  put("/sys/devices/system/cpu/intel_pstate/no_turbo", "0\n");
  put("/sys/devices/system/cpu/smt/active", "1\n");
  put("/sys/devices/system/cpu/online", "0-3\n");
  put("/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n");
  put("/proc/loadavg", "0.08 0.03 0.01 1/900 4242\n");
  put("/proc/cpuinfo",
      "processor\t: 0\nmodel name\t: Intel(R) Xeon(R) Platinum 8480C\nmicrocode\t: 0x2b0004d0\nflags\t\t: fpu vme\n");
  put("/proc/meminfo", "MemTotal:       2113445760 kB\n");
  put("/proc/cmdline", "BOOT_IMAGE=/vmlinuz root=UUID=1 ro iommu=pt\n");
  for (int i = 0; i < 2; ++i) {
    put(fmt::format("/sys/devices/system/node/node{}/meminfo", i),
        fmt::format("Node {} MemTotal:  1056722880 kB\n", i));
  }
  put("/sys/devices/system/edac/mc/mc0/ce_count", "3\n");
  put("/sys/devices/system/edac/mc/mc0/ue_count", "0\n");
}

std::vector<core::CheckRow> PlantedMachine::faults() const {
  const NodeTree tree(root_);
  const auto machine = read_machine(tree);
  auto rows = check_node(machine, NodeLimits());
  std::erase_if(rows, [](const auto& row) { return row.status == "pass"; });
  return rows;
}

}  // namespace plumb::diag
