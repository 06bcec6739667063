#include "topology/machine_tree.h"

#include <fmt/format.h>

#include <algorithm>

namespace plumb::topology {
namespace {

constexpr unsigned kDisplayClass = 0x03;  // PCI base class of GPUs
constexpr unsigned kNetworkClass = 0x02;
constexpr unsigned kVgaClass = 0x0300;  // a management controller's screen, unless a maker of GPUs made it
constexpr unsigned kNvidia = 0x10de, kAmd = 0x1002;

std::string info(const MachinePart& part, std::string_view name) {
  const auto found = std::ranges::find(part.infos, name, [](const auto& one) { return one.first; });
  return found == part.infos.end() ? "" : found->second;
}

std::optional<PciDevice::Kind> kind_of(const MachinePart& part) {
  const unsigned pci_base = part.pci_class >> 8;
  const bool is_gpu_maker = part.vendor == kNvidia || part.vendor == kAmd;
  if (part.kind != MachinePart::Kind::pci) {
    return std::nullopt;
  }
  if (pci_base == kDisplayClass && (is_gpu_maker || part.pci_class != kVgaClass)) {
    return PciDevice::Kind::gpu;
  }
  return pci_base == kNetworkClass ? std::optional(PciDevice::Kind::nic) : std::nullopt;
}

/// Node GUID and port states of an InfiniBand or RoCE device.
void add_verbs(const MachinePart& part, PciDevice& device) {
  constexpr int kMostPorts = 4;
  device.guid = info(part, "NodeGUID");
  for (int port = 1; port <= kMostPorts; ++port) {
    if (const auto state = info(part, fmt::format("Port{}State", port)); !state.empty()) {
      const bool is_up = state == "4" || device.state == "up";  // 4: active
      device.state = is_up ? "up" : "down";
    }
  }
}

void name_functions(const MachinePart& part, PciDevice& device) {
  for (const auto& child : part.children) {
    if (child.kind == MachinePart::Kind::verbs && device.verbs.empty()) {
      device.verbs = child.name;
      add_verbs(child, device);
    } else if (child.kind == MachinePart::Kind::netdev && device.netdev.empty()) {
      device.netdev = child.name;
    } else if (child.kind == MachinePart::Kind::other) {
      name_functions(child, device);  // virtio puts a bridge in between
    }
  }
}

class Walk {
 public:
  Machine take(const MachinePart& root) {
    machine_.host = info(root, "HostName");
    machine_.model = info(root, "DMIProductName");
    machine_.serial = info(root, "DMIProductSerial");
    visit(root, std::nullopt);
    return std::move(machine_);
  }

 private:
  void visit(const MachinePart& part, std::optional<std::int64_t> numa) {
    numa = part.numa ? part.numa : numa;
    if (const auto kind = kind_of(part)) {
      machine_.devices.push_back(device_of(part, *kind, numa));
    }
    ancestry_.push_back(++visited_);
    for (const auto& child : part.children) {
      visit(child, numa);
    }
    ancestry_.pop_back();
  }

  [[nodiscard]] PciDevice device_of(const MachinePart& part, PciDevice::Kind kind,
                                    std::optional<std::int64_t> numa) const {
    constexpr double kGigabyte = 1e9;
    PciDevice device;
    device.kind = kind;
    device.address = part.address;
    const auto maker = info(part, "PCIVendor"), model = info(part, "PCIDevice");
    device.model = maker + (model.empty() ? "" : " " + model);
    device.numa = numa;
    device.ancestry = ancestry_;
    device.pcie.rate_Bps = part.link_GBps > 0 ? core::MaybeReal(part.link_GBps * kGigabyte) : std::nullopt;
    name_functions(part, device);
    return device;
  }

  Machine machine_;
  std::vector<std::uint64_t> ancestry_;
  std::uint64_t visited_ = 0;
};

}  // namespace

Machine machine_of(const MachinePart& root) { return Walk().take(root); }

}  // namespace plumb::topology
