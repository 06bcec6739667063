// GPUs and their NVLinks as NVIDIA's management library (NVML) tells them, where it is installed.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "topology/graph.h"

namespace plumb::topology {

/// The `state` of a GPU that has joined an NVLink fabric begins with this: "clique CLUSTER-UUID/7".
inline constexpr std::string_view kCliqueState = "clique ";

struct NvLink {
  unsigned number = 0;
  bool to_switch = false;
  std::string peer;  // PCI address of the GPU or NVSwitch at the other end
};

struct NvGpu {
  std::string pci;  // "0000:17:00.0", as sysfs writes it
  std::string name, serial, uuid, vbios;
  std::vector<NvLink> links;  // those that are up
  std::string clique;         // "CLUSTER-UUID/CLIQUE" of the NVLink fabric; empty when it is in none
  std::string why_no_clique;  // when it should be in one, and is not
};

struct NvmlReading {
  std::string driver;      // version; empty when absent
  std::string why_absent;  // empty when present
  std::vector<NvGpu> gpus;
};

/// Asks the library. What it cannot tell of a GPU stays empty.
NvmlReading read_nvml(const std::string& library = "libnvidia-ml.so.1");

/// Adds what NVML tells to GPUs whose ids are known by PCI address: model, serial, UUID, VBIOS, clique, and NVLinks.
/// A link to another GPU is one link, whichever end tells it; one to an NVSwitch ends at nvswitch/HOST/PCI. A GPU that
/// has not joined its NVLink fabric is a remark.
void add_nvlinks(const NvmlReading& reading, const std::map<std::string, std::string>& id_by_pci,
                 const std::string& host, GraphBuilder& builder);

}  // namespace plumb::topology
