#include <fmt/format.h>

#include "diag/node_check_table.h"

namespace plumb::diag {
namespace {

constexpr const char* kReseat =
    "reseat the card or its riser and look again; if it stays, try another slot, then replace the card";

double rate_of(const LinkWidth& link) { return link.lanes * link.gigatransfers; }

bool is_known(const LinkWidth& link) { return link.lanes > 0 && link.gigatransfers > 0; }

/// The bridge right above.
const PciDevice* port_of(const Machine& machine, const PciDevice& device) {
  const auto found = device.above.empty() ? machine.pci.end() : machine.pci.find(device.above.front());
  return found == machine.pci.end() ? nullptr : &found->second;
}

}  // namespace

void look_at_pcie_width(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  for (const auto& [id, device] : machine.fast_devices()) {
    const auto* port = port_of(machine, *device);
    const int possible =
        port != nullptr && port->most.lanes > 0 ? std::min(port->most.lanes, device->most.lanes) : device->most.lanes;
    if (device->now.lanes == 0) {
      rows.absent(id, device->address + ": the kernel does not tell its lanes");
    } else if (device->now.lanes < possible) {
      rows.fail(id, fmt::format("x{} ({})", device->now.lanes, device->address), fmt::format("x{}", possible), kReseat);
    }
  }
  if (const auto count = machine.fast_devices().size(); count > 0) {
    rows.pass_unless_told(fmt::format("{} devices have all their lanes", count));
  }
}

void look_at_pcie_speed(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  int looked_at = 0;
  for (const auto& nic : machine.rdma) {
    const auto* device = machine.device_of(nic);
    const auto* port = device == nullptr ? nullptr : port_of(machine, *device);
    if (device == nullptr || device->now.gigatransfers <= 0) {
      continue;
    }
    ++looked_at;
    const double possible = port != nullptr && port->most.gigatransfers > 0
                                ? std::min(port->most.gigatransfers, device->most.gigatransfers)
                                : device->most.gigatransfers;
    if (device->now.gigatransfers < possible) {
      rows.fail(machine.nic_id(nic.name), fmt::format("{:g} GT/s ({})", device->now.gigatransfers, device->address),
                fmt::format("{:g} GT/s", possible), kReseat);
    }
  }
  if (looked_at > 0) {
    rows.pass_unless_told(fmt::format("{} NICs at full speed; an idle GPU slows its link: plumb-gpu tells", looked_at));
  }
}

void look_at_pcie_slot(const Machine& machine, const NodeLimits&, CheckRows& rows) {
  for (const auto& [id, device] : machine.fast_devices()) {
    for (const auto& address : is_known(device->most) ? device->above : std::vector<std::string>()) {
      const auto bridge = machine.pci.find(address);
      if (bridge != machine.pci.end() && is_known(bridge->second.most) &&
          rate_of(bridge->second.most) < rate_of(device->most)) {
        rows.warn(id, fmt::format("bridge {} above {}: {}", address, device->address, words_of(bridge->second.most)),
                  words_of(device->most), "move the card to a slot that is as wide and fast as it is");
        break;
      }
    }
  }
  if (machine.has_fast_devices()) {
    rows.pass_unless_told("no slot or bridge is narrower than the device below it");
  }
}

}  // namespace plumb::diag
