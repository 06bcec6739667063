#include <fmt/format.h>

#include <set>

#include "diag/node_check_table.h"

namespace plumb::diag {
namespace {

constexpr std::size_t kWholeConfig = 4096;

std::vector<std::string> registers_not_read(const Machine& machine) {
  std::vector<std::string> without;
  for (const auto& [id, device] : machine.fast_devices()) {
    if (answers(device->config) && !pcie_registers(device->config)) {
      without.push_back(id);
    }
  }
  return without;
}

constexpr const char* kAsRoot = "its registers could not be read; run as root";

}  // namespace

void look_at_pcie_read_request(const Machine& machine, const NodeLimits& limits, CheckRows& rows) {
  const auto least = limits["min_pcie_read_request_bytes"];
  for (const auto& nic : machine.rdma) {
    const auto* device = machine.device_of(nic);
    const auto registers = device == nullptr ? std::nullopt : pcie_registers(device->config);
    if (device != nullptr && !registers) {
      rows.absent(machine.nic_id(nic.name), kAsRoot);
    } else if (registers && registers->max_read_request_bytes < least) {
      rows.warn(machine.nic_id(nic.name), fmt::format("{} B ({})", registers->max_read_request_bytes, device->address),
                fmt::format("{:g} B or more", least),
                "raise the maximum read request size in the BIOS, or with setpci (4096 B is usual for NICs)");
    }
  }
  if (!machine.rdma.empty()) {
    rows.pass_unless_told("read requests of NICs are large enough");
  }
}

void look_at_pcie_relaxed_ordering(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  for (const auto& [id, device] : machine.fast_devices()) {
    const auto registers = pcie_registers(device->config);
    if (registers && !registers->relaxed_ordering) {
      rows.warn(id, "off (" + device->address + ")", "on",
                "allow relaxed ordering in the BIOS: without it writes to GPU and host memory wait for each other");
    }
  }
  if (const auto without = registers_not_read(machine); !without.empty()) {
    rows.absent(without.front(), kAsRoot);
  }
  if (machine.has_fast_devices()) {
    rows.pass_unless_told("relaxed ordering is on");
  }
}

void look_at_pcie_acs(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  if (machine.gpus.empty() || machine.is_virtual) {
    return;  // a virtual machine needs the redirects, and passes by them with ATS
  }
  std::set<std::string> bridges;
  for (const auto& [id, device] : machine.fast_devices()) {
    bridges.insert(device->above.begin(), device->above.end());
  }
  std::vector<std::string> redirecting;
  bool is_short = false;
  for (const auto& address : bridges) {
    const auto found = machine.pci.find(address);
    const auto control = found == machine.pci.end() ? std::nullopt : acs_control(found->second.config);
    is_short = is_short || (found != machine.pci.end() && found->second.config.size() < kWholeConfig);
    if (control && (*control & kAcsRedirects) != 0) {
      redirecting.push_back(address);
    }
  }
  if (!redirecting.empty()) {
    rows.fail(machine.host_id(),
              fmt::format("{} bridges above GPUs and NICs redirect peer-to-peer traffic, the first is {}",
                          redirecting.size(), redirecting.front()),
              "none does",
              "switch ACS off in the BIOS, or clear its control bits with setpci: it halves GPUDirect and P2P rates");
  } else if (is_short) {
    rows.absent(machine.host_id(), "the extended registers of bridges could not be read; run as root");
  }
  rows.pass_unless_told(fmt::format("none of {} bridges redirects peer-to-peer traffic", bridges.size()));
}

}  // namespace plumb::diag
