#include "topology/pci_devices.h"

#include <fmt/format.h>
#include <hwloc.h>

#include <cstdlib>
#include <memory>

#include "core/error.h"
#include "topology/machine_tree.h"

namespace plumb::topology {
namespace {

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

MachinePart::Kind kind_of(hwloc_obj_t object) {
  if (object->type != HWLOC_OBJ_OS_DEVICE) {
    return object->type == HWLOC_OBJ_PCI_DEVICE ? MachinePart::Kind::pci : MachinePart::Kind::other;
  }
  return object->attr->osdev.type == HWLOC_OBJ_OSDEV_OPENFABRICS ? MachinePart::Kind::verbs
         : object->attr->osdev.type == HWLOC_OBJ_OSDEV_NETWORK   ? MachinePart::Kind::netdev
                                                                 : MachinePart::Kind::other;
}

MachinePart part_of(hwloc_obj_t object) {
  MachinePart part;
  part.kind = kind_of(object);
  part.name = object->name == nullptr ? "" : object->name;
  if (part.kind == MachinePart::Kind::pci) {
    const auto& pci = object->attr->pcidev;
    part.address = fmt::format("{:04x}:{:02x}:{:02x}.{:x}", pci.domain, pci.bus, pci.dev, pci.func);
    part.pci_class = pci.class_id;
    part.vendor = pci.vendor_id;
    part.link_GBps = pci.linkspeed;
  }
  if (object->nodeset != nullptr && hwloc_bitmap_weight(object->nodeset) == 1) {
    part.numa = hwloc_bitmap_first(object->nodeset);
  }
  for (unsigned i = 0; i < object->infos_count; ++i) {
    part.infos.emplace_back(object->infos[i].name, object->infos[i].value);
  }
  for (auto* first : {object->first_child, object->io_first_child}) {
    for (auto* child = first; child != nullptr; child = child->next_sibling) {
      part.children.push_back(part_of(child));
    }
  }
  return part;
}

}  // namespace

Machine load_machine(const std::string& root) {
  const auto topology = load(root);
  return machine_of(part_of(hwloc_get_root_obj(topology.get())));
}

std::string hwloc_version() {
  const auto version = hwloc_get_api_version();  // 0x00XXYYZZ
  return fmt::format("API {}.{}.{}", version >> 16, version >> 8 & 0xff, version & 0xff);
}

}  // namespace plumb::topology
