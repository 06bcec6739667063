#include "diag/node_check_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/error.h"

namespace plumb::diag {
namespace {

constexpr std::array kChecks{
    Check{"pcie_width", "GPUs and NICs have all the lanes that they and the slot can", "a GPU or NIC",
          look_at_pcie_width},
    Check{"pcie_speed", "NICs run at the highest speed that they and the slot can", "a NIC", look_at_pcie_speed},
    Check{"pcie_slot", "no slot or bridge is narrower than the device below it", "a GPU or NIC", look_at_pcie_slot},
    Check{"pcie_read_request", "NICs may read in large requests", "a NIC; root", look_at_pcie_read_request},
    Check{"pcie_relaxed_ordering", "relaxed ordering is on", "a GPU or NIC; root", look_at_pcie_relaxed_ordering},
    Check{"pcie_acs", "no bridge redirects peer-to-peer traffic (ACS)", "a GPU, no virtual machine; root",
          look_at_pcie_acs},
    Check{"pcie_errors", "no uncorrected PCIe errors, few corrected ones", "a GPU or NIC", look_at_pcie_errors},
    Check{"iommu", "devices are not translated", "a GPU or NIC, no virtual machine", look_at_iommu},
    Check{"device_numa", "the firmware tells each device's NUMA node", "two NUMA nodes", look_at_device_numa},
    Check{"gpu_nic_affinity", "each GPU has a NIC beside it", "a GPU and a NIC", look_at_gpu_nic_affinity},
    Check{"numa_balancing", "the kernel does not move pages between nodes", "two NUMA nodes", look_at_numa_balancing},
    Check{"port_state", "RDMA ports are active", "an RDMA device", look_at_rdma_port},
    Check{"link_rate", "ports of a model have one rate", "an RDMA device", look_at_rdma_rate},
    Check{"link_lanes", "InfiniBand ports have all their lanes", "an InfiniBand port", look_at_rdma_lanes},
    Check{"infiniband_mtu", "InfiniBand ports send packets of the largest size that they can",
          "an InfiniBand port; ibv_devinfo", look_at_infiniband_mtu},
    Check{"nic_firmware", "NICs of a model have one firmware", "an RDMA device", look_at_nic_firmware},
    Check{"pkey", "ports are full members of their partition", "an InfiniBand port", look_at_pkey},
    Check{"errors_since_boot", "port error counters are low", "an RDMA device", look_at_port_errors},
    Check{"link_flaps", "links came up and stayed", "a RoCE port", look_at_link_flaps},
    Check{"roce_mtu", "RoCE messages of 4096 B fit", "a RoCE port", look_at_roce_mtu},
    Check{"roce_gid", "ports have a routable GID of RoCE v2", "a RoCE port", look_at_roce_gid},
    Check{"roce_pfc", "priority flow control is on, alike on all ports", "a RoCE port; dcb", look_at_roce_pfc},
    Check{"roce_buffers", "lossless priorities have a buffer of their own", "a RoCE port with PFC; dcb",
          look_at_roce_buffers},
    Check{"roce_trust", "priorities come from DSCP", "a RoCE port; dcb", look_at_roce_trust},
    Check{"roce_ecn", "congestion control is on, alike on all ports", "a RoCE port of NVIDIA's own driver",
          look_at_roce_ecn},
    Check{"roce_traffic_class", "the forced traffic class is alike on all ports", "a RoCE port of NVIDIA's own driver",
          look_at_roce_traffic_class},
    Check{"memlock", "memory may be locked", "an RDMA device", look_at_memlock},
    Check{"open_files", "many files may be open", "a GPU or NIC", look_at_open_files},
    Check{"shared_memory", "there is room in /dev/shm", "", look_at_shared_memory},
    Check{"temporary_space", "there is room in /tmp", "", look_at_temporary_space},
    Check{"cgroup", "neither CPU time nor memory is limited", "", look_at_cgroup},
    Check{"cpu_governor", "CPUs run at full clock", "cpufreq", look_at_cpu_governor},
    Check{"cpu_idle", "no deep C-state is in use", "cpuidle", look_at_cpu_idle},
    Check{"cpu_frequency", "nobody caps the clock of CPUs", "cpufreq", look_at_cpu_frequency},
    Check{"cpu_throttling", "no CPU package was too hot", "an Intel CPU", look_at_cpu_throttling},
    Check{"cpus_offline", "all CPUs are online", "", look_at_cpus_offline},
    Check{"clock_source", "the clock is cheap to read", "", look_at_clock_source},
    Check{"load", "nothing else runs", "", look_at_load},
    Check{"gpu_presence", "GPUs answer and have their driver", "a GPU", look_at_gpu_presence},
    Check{"gpu_direct", "NICs reach GPU memory", "a GPU and a NIC", look_at_gpu_direct},
    Check{"fabric_manager", "the fabric manager runs", "an NVSwitch", look_at_fabric_manager},
    Check{"persistence", "the driver stays loaded between jobs", "a GPU", look_at_persistence},
    Check{"driver_library", "driver and libcuda have one version", "NVIDIA's driver", look_at_driver_library},
    Check{"nvlinks", "all NVLinks are up", "a GPU; NVML", look_at_nvlinks},
    Check{"xid", "no XID that speaks of the GPU itself", "root", look_at_xids},
    Check{"sxid", "no SXid", "an NVSwitch; root", look_at_switch_xids},
    Check{"log_gpu", "the kernel's log has no GPU that failed to start", "root", look_at_kernel_messages},
    Check{"log_nic", "the kernel's log has no broken NIC", "root", look_at_kernel_messages},
    Check{"log_pcie", "the kernel's log has no PCIe error", "root", look_at_kernel_messages},
    Check{"log_memory", "the kernel's log has no memory error", "root", look_at_kernel_messages},
    Check{"log_stall", "the kernel's log has no stalled CPU", "root", look_at_kernel_messages},
    Check{"memory_errors", "memory has no uncorrected errors, few corrected ones", "EDAC", look_at_memory_errors},
    Check{"memory_balance", "NUMA nodes have the same memory", "two NUMA nodes", look_at_memory_balance},
    Check{"time_sync", "a daemon keeps the clock", "", look_at_time_sync},
    Check{"kernel_version", "kernel, compared with other hosts", "", look_at_kernel_version},
    Check{"os_version", "distribution, compared with other hosts", "", look_at_os_version},
    Check{"kernel_options", "kernel command line, compared with other hosts", "", look_at_kernel_options},
    Check{"bios_version", "BIOS, compared with other hosts", "DMI", look_at_bios_version},
    Check{"machine_model", "model of the machine, compared with other hosts", "DMI", look_at_machine_model},
    Check{"cpu_model", "CPU, compared with other hosts", "", look_at_cpu_model},
    Check{"microcode", "microcode of the CPU, compared with other hosts", "", look_at_microcode},
    Check{"cpu_count", "CPUs online, compared with other hosts", "", look_at_cpu_count},
    Check{"memory_size", "memory to about 2 %, compared with other hosts", "", look_at_memory_size},
    Check{"cpu_settings", "governor, turbo and SMT, compared with other hosts", "", look_at_cpu_settings},
    Check{"huge_pages", "huge pages, compared with other hosts", "", look_at_huge_pages},
    Check{"gpu_models", "GPUs, compared with other hosts", "a GPU", look_at_gpu_models},
    Check{"nic_models", "NICs, compared with other hosts", "an RDMA device", look_at_nic_models},
    Check{"nic_firmware_versions", "firmware of NICs, compared with other hosts", "an RDMA device",
          look_at_nic_firmware_versions},
    Check{"roce_settings", "MTU, flow control, trust and ECN of RoCE ports, compared with other hosts", "a RoCE port",
          look_at_roce_settings},
    Check{"nic_driver", "version of mlx5_core, compared with other hosts", "NVIDIA's own NIC driver",
          look_at_nic_driver},
    Check{"gpu_driver_version", "GPU driver, compared with other hosts", "NVIDIA's driver", look_at_gpu_driver_version},
};

bool is_wanted(std::string_view id, const std::vector<std::string>& only) {
  return only.empty() || std::ranges::find(only, id) != only.end();
}

}  // namespace

std::span<const Check> node_checks() { return kChecks; }

std::vector<core::CheckRow> check_node(const Machine& machine, const NodeLimits& limits,
                                       const std::vector<std::string>& only) {
  for (const auto& name : only) {
    if (std::ranges::find(kChecks, name, &Check::id) == kChecks.end()) {
      throw core::UsageError(fmt::format("no check is called {}; --list names them", name));
    }
  }
  std::vector<core::CheckRow> rows;
  for (const auto& check : kChecks) {
    if (is_wanted(check.id, only)) {
      CheckRows of_check(check.id, machine, rows);
      check.look(machine, limits, of_check);
    }
  }
  return rows;
}

}  // namespace plumb::diag
