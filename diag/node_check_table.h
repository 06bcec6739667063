// Every check's function; node_check_table.cpp has the table. Each appends rows only where the host has what it needs.
#pragma once

#include "diag/node_check.h"

namespace plumb::diag {

void look_at_pcie_width(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_pcie_speed(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_pcie_slot(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_pcie_read_request(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_pcie_relaxed_ordering(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_pcie_acs(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_pcie_errors(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_iommu(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_device_numa(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_gpu_nic_affinity(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_numa_balancing(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_rdma_port(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_rdma_rate(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_rdma_lanes(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_infiniband_mtu(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_nic_firmware(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_pkey(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_port_errors(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_link_flaps(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_roce_mtu(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_roce_gid(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_roce_pfc(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_roce_buffers(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_roce_trust(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_roce_ecn(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_roce_traffic_class(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_memlock(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_open_files(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_shared_memory(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_temporary_space(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_cgroup(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_cpu_governor(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_cpu_idle(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_cpu_frequency(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_cpu_throttling(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_cpus_offline(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_clock_source(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_load(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_gpu_presence(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_gpu_direct(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_fabric_manager(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_persistence(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_driver_library(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_nvlinks(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_xids(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_switch_xids(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_kernel_messages(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_memory_errors(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_memory_balance(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_time_sync(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_kernel_version(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_os_version(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_kernel_options(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_bios_version(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_machine_model(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_cpu_model(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_microcode(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_cpu_count(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_memory_size(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_cpu_settings(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_huge_pages(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_gpu_models(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_nic_models(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_nic_firmware_versions(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_roce_settings(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_nic_driver(const Machine& machine, const NodeLimits& limits, CheckRows& rows);
void look_at_gpu_driver_version(const Machine& machine, const NodeLimits& limits, CheckRows& rows);

}  // namespace plumb::diag
