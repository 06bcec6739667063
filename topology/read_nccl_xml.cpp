// NCCL's topology XML (NCCL_TOPO_DUMP_FILE): the inside of the hosts of one NVLink domain, mostly of one host. It does
// not name them. Its `guid` is not read: it is that of the whole card, with its bytes in the order of the network.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "core/text.h"
#include "topology/ib_fabric.h"
#include "topology/pci_devices.h"
#include "topology/readers.h"
#include "topology/xml_text.h"

namespace plumb::topology {
namespace {

constexpr std::string_view kSource = "nccl", kSwitchClass = "0x0680", kGpuClass = "0x03";

std::string_view text(pugi::xml_node node, const char* attribute) { return node.attribute(attribute).value(); }

/// Of one GPU to another or to a switch, by PCI addresses.
struct NvLink {
  std::string gpu, target;
  bool to_switch = false;
  int count = 0;
};

struct Host {
  Machine machine;
  std::vector<NvLink> nvlinks;
  std::set<std::string> names;  // of NICs: one outside of PCI stands below each CPU
};

class NcclReader {
 public:
  explicit NcclReader(const FileText& file) : file_(file), xml_(file) {}

  void add_to(GraphBuilder& builder) {
    for (const auto cpu : xml_.root().children("cpu")) {
      read_cpu(cpu);
    }
    if (hosts_.empty()) {
      xml_.fail(xml_.root(), "expected <cpu numaid=\"…\"> in it");
    }
    for (auto& [hash, host] : hosts_) {
      add_host(hash, std::move(host), builder);
    }
  }

 private:
  void read_cpu(pugi::xml_node cpu) {
    auto& host = hosts_[std::string(text(cpu, "host_hash"))];
    PciDevice above;
    if (const auto numa = number_in(text(cpu, "numaid")); numa && *numa >= 0) {
      above.numa = static_cast<std::int64_t>(*numa);
    }
    above.ancestry.push_back(static_cast<std::uint64_t>(cpu.offset_debug()));
    read_children(cpu, above, host);
  }

  /// Devices below a CPU or a bridge; `above` is what they share.
  void read_children(pugi::xml_node parent, const PciDevice& above, Host& host) {
    for (const auto pci : parent.children("pci")) {
      auto device = above;
      device.address = address(pci, "busid");
      device.model = text(pci, "vendor").empty() ? "" : fmt::format("{}:{}", text(pci, "vendor"), text(pci, "device"));
      device.pcie.lanes = number_in(text(pci, "link_width")).value_or(0);
      device.pcie.gigatransfers = number_in(text(pci, "link_speed")).value_or(0);
      if (pci.child("gpu") || text(pci, "class").starts_with(kGpuClass)) {
        read_gpu(pci, device, host);
      }
      read_nics(pci, device, host);
      device.ancestry.push_back(static_cast<std::uint64_t>(pci.offset_debug()));
      read_children(pci, device, host);
    }
    if (std::string_view(parent.name()) == "cpu") {
      PciDevice outside;  // of PCI, and so of no NUMA node
      read_nics(parent, outside, host);
    }
  }

  void read_gpu(pugi::xml_node pci, PciDevice device, Host& host) {
    device.kind = PciDevice::Kind::gpu;
    for (const auto nvlink : pci.child("gpu").children("nvlink")) {
      const auto count = number_in(text(nvlink, "count"));
      if (!count || *count < 1) {
        xml_.fail(nvlink, fmt::format("expected a count of links, not '{}'", core::printable(text(nvlink, "count"))));
      }
      const auto target_class = text(nvlink, "tclass");
      if (target_class.starts_with(kSwitchClass) || target_class.starts_with(kGpuClass)) {
        host.nvlinks.push_back({device.address, address(nvlink, "target"), target_class.starts_with(kSwitchClass),
                                static_cast<int>(std::min(*count, 1e6))});
      }
    }
    host.machine.devices.push_back(std::move(device));
  }

  void read_nics(pugi::xml_node parent, const PciDevice& place, Host& host) const {
    for (const auto nic : parent.children("nic")) {
      for (const auto net : nic.children("net")) {
        auto device = place;
        const auto name = text(net, "name");
        const auto guid = text(net, "guid");
        const bool is_rdma = !guid.empty() && guid != "0x0";
        (is_rdma ? device.verbs : device.netdev) = name;
        if (const auto speed = number_in(text(net, "speed")); speed && *speed > 0) {
          constexpr double kMegabitBps = 1e6 / 8;
          device.rate_Bps = *speed * kMegabitBps;
        }
        if (!name.empty() && host.names.emplace(name).second) {
          host.machine.devices.push_back(std::move(device));
        }
      }
    }
  }

  /// "0000:17:00.0"
  std::string address(pugi::xml_node node, const char* attribute) const {
    std::string address(text(node, attribute));
    const bool is_one = !address.empty() && address.find_first_not_of("0123456789abcdefABCDEF:.") == std::string::npos;
    if (!is_one) {
      xml_.fail(node, fmt::format("expected {} as \"0000:17:00.0\", not '{}'", attribute, core::printable(address)));
    }
    std::ranges::transform(address, address.begin(), [](unsigned char c) { return std::tolower(c); });
    return address;
  }

  void add_host(const std::string& hash, Host host, GraphBuilder& builder) const {
    const auto name = id_part(hosts_.size() > 1 ? fmt::format("{}-{}", host_of(file_), hash) : host_of(file_));
    const auto ids = add_machine(std::move(host.machine), name, std::string(kSource), builder);
    const auto switches = add_switches(host, name, builder);
    for (const auto& nvlink : host.nvlinks) {
      const auto& targets = nvlink.to_switch ? switches : ids;
      const auto target = targets.find(nvlink.target);
      if (target == targets.end() || ids.at(nvlink.gpu) == target->second) {
        continue;  // to a GPU that the job did not use
      }
      core::LinkRow link;
      link.kind = "nvlink";
      link.a = ids.at(nvlink.gpu);
      link.b = target->second;
      link.width = fmt::format("x{}", nvlink.count);
      link.source = kSource;
      builder.add(std::move(link));
    }
  }

  /// Ids by address. Where NVSwitches are hidden, all stand behind one address, that of the fabric.
  std::map<std::string, std::string> add_switches(const Host& host, const std::string& name,
                                                  GraphBuilder& builder) const {
    std::map<std::string, std::string> ids;
    for (const auto& nvlink : host.nvlinks) {
      if (nvlink.to_switch) {
        ids.emplace(nvlink.target, "");
      }
    }
    int number = 0;
    for (auto& [address, id] : ids) {
      const bool is_hidden = address.starts_with("fffffff");
      const bool is_shared = is_hidden && hosts_.size() > 1;
      id = fmt::format("nvswitch/{}/{}", is_shared ? id_part(host_of(file_)) : name,
                       is_hidden ? "fabric" : std::to_string(number++));
      core::NodeRow row;
      row.id = id;
      row.name = id.substr(id.rfind('/') + 1);
      row.host = is_shared ? "" : name;
      row.pci = is_hidden ? "" : address;
      row.source = kSource;
      builder.add(std::move(row));
    }
    return ids;
  }

  const FileText& file_;
  XmlText xml_;
  std::map<std::string, Host> hosts_;  // by what NCCL calls them
};

}  // namespace

bool is_nccl_xml(std::string_view head) { return xml_root_name(head) == "system"; }

void read_nccl_xml(const FileText& file, GraphBuilder& builder) { NcclReader(file).add_to(builder); }

}  // namespace plumb::topology
