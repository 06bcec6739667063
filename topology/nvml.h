// GPUs and their NVLinks as NVIDIA's management library (NVML) tells them, where it is installed.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "topology/graph.h"

namespace plumb::topology {

struct NvLink {
  unsigned number = 0;
  bool to_switch = false;
  std::string peer;  // PCI address of the GPU or NVSwitch at the other end
};

struct NvGpu {
  std::string pci;  // "0000:17:00.0", as sysfs writes it
  std::string name, serial, uuid, vbios;
  std::vector<NvLink> links;  // those that are up
};

struct NvmlReading {
  std::string driver;      // version; empty when absent
  std::string why_absent;  // empty when present
  std::vector<NvGpu> gpus;
};

/// Asks the library. What it cannot tell of a GPU stays empty.
NvmlReading read_nvml(const std::string& library = "libnvidia-ml.so.1");

/// Adds what NVML tells to GPUs whose ids are known by PCI address: model, serial, UUID, VBIOS, and NVLinks. A link to
/// another GPU is one link, whichever end tells it; one to an NVSwitch ends at nvswitch/HOST/PCI.
void add_nvlinks(const NvmlReading& reading, const std::map<std::string, std::string>& id_by_pci,
                 const std::string& host, GraphBuilder& builder);

}  // namespace plumb::topology
