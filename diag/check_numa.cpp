#include <fmt/format.h>

#include <algorithm>

#include "diag/node_check_table.h"

namespace plumb::diag {
namespace {

bool shares_bridge(const PciDevice& one, const PciDevice& other) {
  return std::ranges::any_of(one.above, [&](const std::string& bridge) {
    return std::ranges::find(other.above, bridge) != other.above.end();
  });
}

bool shares_numa(const PciDevice& one, const PciDevice& other) {
  return one.numa && other.numa && *one.numa >= 0 && *one.numa == *other.numa;
}

}  // namespace

void look_at_device_numa(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  if (machine.numa_nodes < 2 || !machine.has_fast_devices()) {
    return;
  }
  for (const auto& [id, device] : machine.fast_devices()) {
    if (device->numa.value_or(-1) < 0) {
      rows.warn(id, "the firmware does not tell its NUMA node (" + device->address + ")", "a NUMA node",
                "update the BIOS: without it, ranks and buffers are put on the wrong socket");
    }
  }
  rows.pass_unless_told("every GPU and NIC has a NUMA node");
}

void look_at_gpu_nic_affinity(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  std::vector<const PciDevice*> nics;
  for (const auto& nic : machine.rdma) {
    if (const auto* device = machine.device_of(nic)) {
      nics.push_back(device);
    }
  }
  if (machine.gpus.empty() || nics.empty()) {
    return;
  }
  std::size_t by_bridge = 0;
  for (const auto* gpu : machine.gpus) {
    const auto is_near = [&](auto near) {
      return std::ranges::any_of(nics, [&](const auto* nic) { return near(*gpu, *nic); });
    };
    by_bridge += is_near(shares_bridge) ? 1 : 0;
    if (!is_near(shares_bridge) && !is_near(shares_numa)) {
      rows.warn(machine.gpu_id(*gpu), "no NIC below its bridge or on its NUMA node (" + gpu->address + ")",
                "a NIC beside each GPU", "look for a NIC that is missing, or sits in the wrong slot");
    }
  }
  rows.pass_unless_told(
      fmt::format("{} of {} GPUs share a bridge with a NIC, the others a NUMA node", by_bridge, machine.gpus.size()));
}

void look_at_numa_balancing(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  const auto value = machine.tree->number("/proc/sys/kernel/numa_balancing");
  if (!value || machine.numa_nodes < 2 || !machine.has_fast_devices()) {
    return;
  }
  if (*value != 0) {
    rows.warn(machine.host_id(), "on", "off", "set kernel.numa_balancing=0: it moves pages under running jobs");
  }
  rows.pass_unless_told("off");
}

}  // namespace plumb::diag
