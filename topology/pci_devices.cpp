#include "topology/pci_devices.h"

#include <fmt/format.h>
#include <hwloc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <tuple>

#include "core/error.h"

namespace plumb::topology {
namespace {

constexpr unsigned kDisplayClass = 0x03;  // PCI base class of GPUs
constexpr unsigned kNetworkClass = 0x02;
constexpr unsigned kVgaClass = 0x0300;  // a management controller's screen, unless a maker of GPUs made it
constexpr unsigned kNvidia = 0x10de, kAmd = 0x1002;

using Topology = std::unique_ptr<hwloc_topology, decltype(&hwloc_topology_destroy)>;

/// hwloc takes another root from the environment only.
Topology load(const std::string& root) {
  if (root != "/") {
    ::setenv("HWLOC_FSROOT", root.c_str(), 1);
    ::setenv("HWLOC_COMPONENTS", "linux,stop", 1);
  }
  hwloc_topology_t raw = nullptr;
  if (hwloc_topology_init(&raw) != 0) {
    throw core::Error("hwloc cannot start");
  }
  Topology topology(raw, &hwloc_topology_destroy);
  hwloc_topology_set_io_types_filter(raw, HWLOC_TYPE_FILTER_KEEP_ALL);
  if (hwloc_topology_load(raw) != 0) {
    throw core::Error(fmt::format("hwloc finds no machine below {}", root));
  }
  return topology;
}

std::string info(hwloc_obj_t object, const char* key) {
  const char* value = hwloc_obj_get_info_by_name(object, key);
  return value == nullptr ? "" : value;
}

std::optional<PciDevice::Kind> kind_of(hwloc_obj_t object) {
  const auto& pci = object->attr->pcidev;
  const unsigned base = pci.class_id >> 8;
  const bool is_gpu_maker = pci.vendor_id == kNvidia || pci.vendor_id == kAmd;
  if (base == kDisplayClass && (is_gpu_maker || pci.class_id != kVgaClass)) {
    return PciDevice::Kind::gpu;
  }
  return base == kNetworkClass ? std::optional(PciDevice::Kind::nic) : std::nullopt;
}

void name_functions(hwloc_obj_t object, PciDevice& device) {
  for (auto* child = object->io_first_child; child != nullptr; child = child->next_sibling) {
    if (child->type != HWLOC_OBJ_OS_DEVICE) {
      name_functions(child, device);  // virtio puts a bridge in between
      continue;
    }
    const auto type = child->attr->osdev.type;
    auto& name = type == HWLOC_OBJ_OSDEV_OPENFABRICS ? device.verbs : device.netdev;
    if ((type == HWLOC_OBJ_OSDEV_OPENFABRICS || type == HWLOC_OBJ_OSDEV_NETWORK) && name.empty()) {
      name = child->name;
    }
  }
}

PciDevice device_of(hwloc_obj_t object, PciDevice::Kind kind) {
  PciDevice device;
  device.kind = kind;
  const auto& pci = object->attr->pcidev;
  device.address = fmt::format("{:04x}:{:02x}:{:02x}.{:x}", pci.domain, pci.bus, pci.dev, pci.func);
  device.model = info(object, "PCIVendor") + (info(object, "PCIDevice").empty() ? "" : " " + info(object, "PCIDevice"));
  name_functions(object, device);
  for (auto* up = object->parent; up != nullptr; up = up->parent) {
    device.ancestry.insert(device.ancestry.begin(), up->gp_index);
    if (!device.numa && up->nodeset != nullptr && hwloc_bitmap_weight(up->nodeset) == 1) {
      device.numa = hwloc_bitmap_first(up->nodeset);
    }
  }
  return device;
}

}  // namespace

Machine load_machine(const std::string& root) {
  const auto topology = load(root);
  Machine machine;
  auto* top = hwloc_get_root_obj(topology.get());
  machine.model = info(top, "DMIProductName");
  for (hwloc_obj_t object = nullptr; (object = hwloc_get_next_pcidev(topology.get(), object)) != nullptr;) {
    if (const auto kind = kind_of(object)) {
      machine.devices.push_back(device_of(object, *kind));
    }
  }
  std::sort(machine.devices.begin(), machine.devices.end(), [](const PciDevice& x, const PciDevice& y) {
    return std::tuple(x.numa.value_or(0), x.address) < std::tuple(y.numa.value_or(0), y.address);
  });
  return machine;
}

std::string hwloc_version() {
  const auto version = hwloc_get_api_version();  // 0x00XXYYZZ
  return fmt::format("API {}.{}.{}", version >> 16, version >> 8 & 0xff, version & 0xff);
}

}  // namespace plumb::topology
