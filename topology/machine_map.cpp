#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "topology/ib_fabric.h"
#include "topology/pci_devices.h"

namespace plumb::topology {
namespace {

constexpr double kGigabitBps = 1e9 / 8;
constexpr double kPci8b10bBelow = 8;  // GT/s: slower generations carry 8 bits in 10, later ones 128 in 130

/// NICs that can carry RDMA make the rails; where there are none, all NICs do.
std::vector<const PciDevice*> rails_of(const Machine& machine) {
  std::vector<const PciDevice*> rails, nics;
  for (const auto& device : machine.devices) {
    if (device.kind == PciDevice::Kind::nic && !(device.verbs + device.netdev).empty()) {
      nics.push_back(&device);
      if (!device.verbs.empty()) {
        rails.push_back(&device);
      }
    }
  }
  return rails.empty() ? nics : rails;
}

std::size_t shared_ancestors(const PciDevice& x, const PciDevice& y) {
  const auto end = std::min(x.ancestry.size(), y.ancestry.size());
  std::size_t shared = 0;
  while (shared < end && x.ancestry[shared] == y.ancestry[shared]) {
    ++shared;
  }
  return shared;
}

/// Rail of the NIC that shares most bridges with the GPU; GPUs that are equally near spread over the NICs.
core::MaybeInteger nearest(const PciDevice& gpu, const std::vector<const PciDevice*>& rails,
                           std::vector<std::size_t>& gpus_at) {
  if (rails.empty()) {
    return std::nullopt;
  }
  std::size_t best = 0;
  const auto rank = [&](std::size_t rail) {
    return std::pair(shared_ancestors(gpu, *rails[rail]), -static_cast<std::ptrdiff_t>(gpus_at[rail]));
  };
  for (std::size_t rail = 1; rail < rails.size(); ++rail) {
    best = rank(rail) > rank(best) ? rail : best;
  }
  ++gpus_at[best];
  return static_cast<core::Integer>(best);
}

/// "0xa088c20300123450" of "a088:c203:0012:3450": as fabric managers write it.
std::string guid_text(std::string guid) {
  std::erase(guid, ':');
  return guid.empty() || guid.starts_with("0x") ? guid : "0x" + guid;
}

class MachineMap {
 public:
  MachineMap(const Machine& machine, const std::string& host, const std::string& source, GraphBuilder& builder)
      : machine_(machine), host_(host), source_(source), builder_(builder) {}

  std::map<std::string, std::string> add() {
    core::NodeRow row;
    row.id = "host/" + host_;
    row.model = machine_.model;
    row.serial = machine_.serial;
    row.source = source_;
    builder_.add(std::move(row));
    const auto rails = rails_of(machine_);
    std::vector<std::size_t> gpus_at(rails.size());
    core::Integer gpu = 0;
    for (const auto& device : machine_.devices) {
      if (device.kind == PciDevice::Kind::gpu) {
        add(gpu_row(device, gpu++, nearest(device, rails, gpus_at)), device);
      } else if (!(device.verbs + device.netdev).empty()) {
        const auto rail = std::ranges::find(rails, &device) - rails.begin();
        add(nic_row(device, rail < std::ssize(rails) ? core::MaybeInteger(rail) : std::nullopt), device);
      }
    }
    return ids_;
  }

 private:
  [[nodiscard]] core::NodeRow row_of(const PciDevice& device, core::MaybeInteger rail) const {
    core::NodeRow row;
    row.host = host_;
    row.rail = rail;
    row.model = device.model;
    row.pci = device.address;
    row.numa = device.numa;
    row.driver = device.driver;
    row.source = source_;
    return row;
  }

  [[nodiscard]] core::NodeRow gpu_row(const PciDevice& device, core::Integer number, core::MaybeInteger rail) const {
    auto row = row_of(device, rail);
    row.id = fmt::format("gpu/{}/{}", host_, number);
    return row;
  }

  [[nodiscard]] core::NodeRow nic_row(const PciDevice& device, core::MaybeInteger rail) const {
    auto row = row_of(device, rail);
    row.id = fmt::format("nic/{}/{}", host_, id_part(device.verbs.empty() ? device.netdev : device.verbs));
    row.name = device.verbs.empty() || device.netdev.empty() ? device.verbs + device.netdev
                                                             : fmt::format("{} ({})", device.verbs, device.netdev);
    row.guid = guid_text(device.guid);
    row.state = device.state;
    row.rate_Bps = device.rate_Bps;
    return row;
  }

  void add(core::NodeRow row, const PciDevice& device) {
    ids_.emplace(device.address, row.id);
    core::LinkRow link;
    link.kind = "pcie";
    link.a = "host/" + host_;
    link.b = row.id;
    link.source = source_;
    builder_.add(std::move(row));
    const auto& pcie = device.pcie;
    if (pcie.lanes > 0 && pcie.gigatransfers > 0) {
      link.width = fmt::format("x{:.0f}", pcie.lanes);
      link.speed = fmt::format("{} GT/s", pcie.gigatransfers);
      const double efficiency = pcie.gigatransfers < kPci8b10bBelow ? 0.8 : 128.0 / 130;
      link.rate_Bps = pcie.lanes * pcie.gigatransfers * kGigabitBps * efficiency;
      link.max_width = pcie.max_lanes > 0 ? fmt::format("x{:.0f}", pcie.max_lanes) : "";
      link.max_speed = pcie.max_gigatransfers > 0 ? fmt::format("{} GT/s", pcie.max_gigatransfers) : "";
    } else {
      link.rate_Bps = pcie.rate_Bps;
    }
    if (link.rate_Bps) {
      builder_.add(std::move(link));
    }
  }

  const Machine& machine_;
  const std::string &host_, &source_;
  GraphBuilder& builder_;
  std::map<std::string, std::string> ids_;
};

}  // namespace

std::map<std::string, std::string> add_machine(Machine machine, const std::string& host, const std::string& source,
                                               GraphBuilder& builder) {
  std::ranges::stable_sort(machine.devices, [](const PciDevice& x, const PciDevice& y) {
    return std::tuple(x.numa.value_or(0), x.address) < std::tuple(y.numa.value_or(0), y.address);
  });
  return MachineMap(machine, host, source, builder).add();
}

}  // namespace plumb::topology
