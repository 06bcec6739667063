#include "topology/nvml.h"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "core/nvml_library.h"

namespace plumb::topology {
namespace {

using core::address_of, core::kNvmlSuccess, core::NvmlDevice, core::NvmlFabricInfo, core::NvmlLibrary;

constexpr unsigned kLinkUp = 1;
constexpr int kPeerIsSwitch = 2;
constexpr unsigned char kNotStarted = 1, kInProgress = 2, kCompleted = 3;

template <class Ask, class... Of>
std::string text_of(Ask* ask, Of... of) {
  std::array<char, 97> text{};
  return ask != nullptr && ask(of..., text.data(), static_cast<unsigned>(text.size() - 1)) == kNvmlSuccess ? text.data()
                                                                                                           : "";
}

std::vector<NvLink> links_of(const NvmlLibrary& nvml, NvmlDevice device) {
  std::vector<NvLink> links;
  for (unsigned number = 0; number < core::kNvmlMostLinks && nvml->link_state != nullptr && nvml->link_peer != nullptr;
       ++number) {
    unsigned state = 0;
    core::NvmlPciInfo peer{};
    int kind = 0;
    if (nvml->link_state(device, number, &state) != kNvmlSuccess || state != kLinkUp ||
        nvml->link_peer(device, number, &peer) != kNvmlSuccess) {
      continue;
    }
    const bool knows_kind =
        nvml->link_peer_kind != nullptr && nvml->link_peer_kind(device, number, &kind) == kNvmlSuccess;
    links.push_back({number, knows_kind && kind == kPeerIsSwitch, address_of(peer)});
  }
  return links;
}

/// The newer call where it is there and answers, else the older one.
std::optional<NvmlFabricInfo> fabric_of(const NvmlLibrary& nvml, NvmlDevice device) {
  core::NvmlFabricInfoV2 versioned{.version = core::kNvmlFabricInfoV2, .info = {}, .health = 0};
  if (nvml->fabric_v != nullptr && nvml->fabric_v(device, &versioned) == kNvmlSuccess) {
    return versioned.info;
  }
  NvmlFabricInfo info{};
  return nvml->fabric != nullptr && nvml->fabric(device, &info) == kNvmlSuccess ? std::optional(info) : std::nullopt;
}

/// Without a cluster the NVLinks end within the host.
void add_clique(const NvmlLibrary& nvml, NvmlDevice device, NvGpu& gpu) {
  const auto info = fabric_of(nvml, device);
  if (!info || info->state < kNotStarted || info->state > kCompleted) {
    return;
  }
  if (info->state != kCompleted || info->status != kNvmlSuccess) {
    gpu.why_no_clique = info->state == kNotStarted ? "has not begun to join its NVLink fabric"
                        : info->state == kInProgress
                            ? "is still joining its NVLink fabric"
                            : fmt::format("failed to join its NVLink fabric: NVML answers {}", info->status);
    return;
  }
  std::string cluster;
  for (const auto byte : info->cluster) {
    const bool has_dash = cluster.size() == 8 || cluster.size() == 13 || cluster.size() == 18 || cluster.size() == 23;
    cluster += fmt::format("{}{:02x}", has_dash ? "-" : "", byte);
  }
  if (cluster.find_first_not_of("0-") != std::string::npos) {
    gpu.clique = fmt::format("{}/{}", cluster, info->clique);
  }
}

NvGpu gpu_of(const NvmlLibrary& nvml, NvmlDevice device) {
  NvGpu gpu;
  core::NvmlPciInfo info{};
  gpu.pci = nvml->pci(device, &info) == kNvmlSuccess ? address_of(info) : "";
  gpu.name = text_of(nvml->name, device);
  gpu.serial = text_of(nvml->serial, device);
  gpu.uuid = text_of(nvml->uuid, device);
  gpu.vbios = text_of(nvml->vbios, device);
  gpu.links = links_of(nvml, device);
  add_clique(nvml, device, gpu);
  return gpu;
}

core::NodeRow row_of(const NvGpu& gpu, const std::string& id) {
  core::NodeRow row;
  row.id = id;
  row.model = gpu.name;
  row.serial = gpu.serial;
  row.guid = gpu.uuid;
  row.firmware = gpu.vbios;
  row.state = gpu.clique.empty() ? "" : std::string(kCliqueState) + gpu.clique;
  row.source = "nvml";
  return row;
}

/// Of the links between two GPUs, the numbers that each end gives them, in order: the n-th of one is the n-th of the
/// other.
using Ports = std::map<std::pair<std::string, std::string>, std::vector<unsigned>>;

Ports ports_between(const NvmlReading& reading) {
  Ports ports;
  for (const auto& gpu : reading.gpus) {
    for (const auto& link : gpu.links) {
      ports[{gpu.pci, link.peer}].push_back(link.number);
    }
  }
  return ports;
}

}  // namespace

NvmlReading read_nvml(const std::string& file) {
  NvmlReading reading;
  const NvmlLibrary nvml(file);
  reading.why_absent = nvml.why_absent();
  reading.driver = nvml.driver();
  if (!reading.why_absent.empty()) {
    return reading;
  }
  unsigned count = 0;
  nvml->count(&count);
  for (unsigned i = 0; i < count; ++i) {
    if (NvmlDevice device = nullptr; nvml->device(i, &device) == kNvmlSuccess) {
      reading.gpus.push_back(gpu_of(nvml, device));
    }
  }
  return reading;
}

void add_nvlinks(const NvmlReading& reading, const std::map<std::string, std::string>& id_by_pci,
                 const std::string& host, GraphBuilder& builder) {
  const auto ports = ports_between(reading);
  std::map<std::pair<std::string, std::string>, std::size_t> told;
  for (const auto& gpu : reading.gpus) {
    const auto id = id_by_pci.find(gpu.pci);
    if (id == id_by_pci.end()) {
      continue;
    }
    builder.add(row_of(gpu, id->second));
    if (!gpu.why_no_clique.empty()) {
      builder.remark({host, id->second, "nvlink_fabric", "warn", gpu.why_no_clique, "a member of it",
                      "look at nvidia-fabricmanager and nvidia-imex on the host, then restart them or the host"});
    }
    for (const auto& link : gpu.links) {
      const auto peer = id_by_pci.find(link.peer);
      const bool is_told_by_peer = !link.to_switch && link.peer < gpu.pci && ports.contains({link.peer, gpu.pci});
      if (is_told_by_peer || (!link.to_switch && peer == id_by_pci.end())) {
        continue;
      }
      core::LinkRow row;
      row.kind = "nvlink";
      row.a = id->second;
      row.a_port = std::to_string(link.number);
      row.b = link.to_switch ? fmt::format("nvswitch/{}/{}", host, link.peer) : peer->second;
      const auto back = ports.find({link.peer, gpu.pci});
      if (const auto n = told[{gpu.pci, link.peer}]++; back != ports.end() && n < back->second.size()) {
        row.b_port = std::to_string(back->second[n]);
      }
      row.source = "nvml";
      builder.add(row);
    }
  }
}

}  // namespace plumb::topology
