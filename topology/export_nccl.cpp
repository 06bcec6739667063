// The topology file of NCCL (NCCL_TOPO_FILE): one host from the inside. NCCL's parser reads no XML declaration, no
// entities, no tabs, and no attribute longer than 254 bytes.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>

#include "core/error.h"
#include "core/text.h"
#include "topology/exporters.h"
#include "topology/xml_escaped.h"

namespace plumb::topology {
namespace {

constexpr double kMegabitBps = 1e6 / 8;
constexpr std::string_view kGpuClass = "0x03", kNicClass = "0x02", kNvswitchClass = "0x068000";
constexpr std::string_view kCaution =
    "<!-- without PCIe switches, which the map does not have: not for NCCL_TOPO_FILE where GPUs and NICs share one "
    "-->\n";
constexpr std::string_view kUnseen = "fffffff:ffff:ff";  // what NVML calls a far end that it cannot name

std::string last_part(std::string_view id) { return std::string(id.substr(id.rfind('/') + 1)); }

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// The first number in it: 16 of "x16" and "16 GT/s", 2.5 of "2.5 GT/s".
std::optional<double> number_in(const std::string& text) {
  const auto start = text.find_first_of("0123456789");
  return start == std::string::npos ? std::nullopt : std::optional(std::strtod(text.c_str() + start, nullptr));
}

/// " name=\"value\"", or nothing for a value that is not known.
std::string attribute(std::string_view name, std::string_view value) {
  return value.empty() ? "" : fmt::format(" {}=\"{}\"", name, xml_escaped(value));
}

/// As sysfs writes it, in the words that NCCL's table has: "16.0 GT/s PCIe".
std::string link_speed(const std::string& speed) {
  const auto gigatransfers = number_in(speed);
  return gigatransfers ? fmt::format("{:.1f} GT/s PCIe", *gigatransfers) : "";
}

/// "0x0c42a1030000abcd" of "0c42:a103:0000:abcd" too, at which NCCL would stop reading.
std::string guid_text(std::string guid) {
  std::erase(guid, ':');
  return guid.empty() || guid.starts_with("0x") ? guid : "0x" + guid;
}

class Host {
 public:
  Host(const Graph& graph, NodeIndex host) : graph_(graph), host_(host) {
    for (NodeIndex n = 0; n < graph.node_count(); ++n) {
      if (n != host && graph.host_of(n) == host) {
        parts_.push_back(n);
      }
    }
    for (LinkIndex i = 0; i < graph.link_count(); ++i) {
      add_link(i);
    }
  }

  [[nodiscard]] std::string text() const {
    demand_addresses();
    auto text = fmt::format("{}<system version=\"1\"{}>\n", kCaution, attribute("name", name()));
    for (const auto& [numa, parts] : parts_by_numa()) {
      text += fmt::format("  <cpu numaid=\"{}\">\n{}  </cpu>\n", numa, cpu_text(parts));
    }
    return text + "</system>\n";
  }

 private:
  using Parts = std::vector<NodeIndex>;

  void add_link(LinkIndex index) {
    const auto& link = graph_.link(index);
    if (link.kind == LinkKind::pcie) {
      for (const auto end : {link.a, link.b}) {
        pcie_.emplace(end, index);
      }
    } else if (link.kind == LinkKind::nvlink) {
      nvlinks_[link.a].push_back({index, link.b});
      nvlinks_[link.b].push_back({index, link.a});
    }
  }

  [[nodiscard]] std::string pci_of(NodeIndex node) const { return std::string(graph_.row(node).pci); }

  [[nodiscard]] std::string name() const { return last_part(graph_.row(host_).id); }

  void demand_addresses() const {
    if (std::ranges::none_of(parts_,
                             [&](NodeIndex n) { return graph_.kind(n) == NodeKind::gpu || !pci_of(n).empty(); })) {
      throw core::Error(fmt::format("the map has no GPU and no PCI device of host {}: add it with --from node on it",
                                    core::printable(name())));
    }
    for (const auto node : parts_) {
      if (graph_.kind(node) == NodeKind::gpu && pci_of(node).empty()) {
        throw core::Error(
            fmt::format("{} has no PCI address in the map, and NCCL knows GPUs by nothing else: add it with "
                        "--from node on that host",
                        core::printable(graph_.row(node).id)));
      }
    }
  }

  /// -1: not known, as in sysfs.
  [[nodiscard]] std::map<core::Integer, Parts> parts_by_numa() const {
    std::map<core::Integer, Parts> by_numa;
    for (const auto node : parts_) {
      if (graph_.kind(node) == NodeKind::gpu || graph_.kind(node) == NodeKind::nic) {
        by_numa[graph_.row(node).numa.value_or(-1)].push_back(node);
      }
    }
    return by_numa;
  }

  /// Ports of one card that share an address are one PCI device; what has no address stands below the CPU.
  [[nodiscard]] std::string cpu_text(const Parts& parts) const {
    std::map<std::string, Parts> by_address;
    for (const auto node : parts) {
      by_address[pci_of(node)].push_back(node);
    }
    std::string text;
    for (const auto& [address, devices] : by_address) {
      text += address.empty() ? nic_text("    ", devices) : pci_text(address, devices);
    }
    return text;
  }

  [[nodiscard]] std::string pci_text(const std::string& address, const Parts& devices) const {
    const bool is_gpu = graph_.kind(devices.front()) == NodeKind::gpu;
    std::string link;
    if (const auto found = pcie_.find(devices.front()); found != pcie_.end()) {
      const auto& row = graph_.link_row(found->second);
      const auto width = number_in(std::string(row.width));
      link = attribute("link_speed", link_speed(std::string(row.speed))) +
             attribute("link_width", width ? fmt::format("{:.0f}", *width) : "");
    }
    return fmt::format("    <pci{}{}{}>\n{}    </pci>\n", attribute("busid", address),
                       attribute("class", is_gpu ? kGpuClass : kNicClass), link,
                       is_gpu ? gpu_text(devices.front()) : nic_text("      ", devices));
  }

  [[nodiscard]] std::string gpu_text(NodeIndex gpu) const {
    const auto number = last_part(graph_.row(gpu).id);
    const auto links = nvlinks_text(gpu);
    const auto head = "      <gpu" + attribute("dev", is_number(number) ? number : "");
    return links.empty() ? head + "/>\n" : head + ">\n" + links + "      </gpu>\n";
  }

  /// Links to one far end are one element with their number.
  [[nodiscard]] std::string nvlinks_text(NodeIndex gpu) const {
    std::map<std::pair<std::string, std::string_view>, double> counts;
    if (const auto found = nvlinks_.find(gpu); found != nvlinks_.end()) {
      for (const auto& hop : found->second) {
        const auto target = pci_of(hop.to);
        counts[{target.empty() ? std::string(kUnseen) : target,
                graph_.kind(hop.to) == NodeKind::gpu ? kGpuClass : kNvswitchClass}] +=
            number_in(std::string(graph_.link_row(hop.link).width)).value_or(1);
      }
    }
    std::string text;
    for (const auto& [target, count] : counts) {
      text += fmt::format("        <nvlink target=\"{}\" tclass=\"{}\" count=\"{:.0f}\"/>\n", xml_escaped(target.first),
                          target.second, count);
    }
    return text;
  }

  [[nodiscard]] std::string nic_text(const std::string& indent, const Parts& nics) const {
    auto text = indent + "<nic>\n";
    for (const auto nic : nics) {
      const auto& row = graph_.row(nic);
      text += fmt::format("{}  <net{}{}{}{}{}/>\n", indent, attribute("name", last_part(row.id)),
                          attribute("dev", row.rail ? std::to_string(*row.rail) : ""),
                          attribute("speed", row.rate_Bps ? fmt::format("{:.0f}", *row.rate_Bps / kMegabitBps) : ""),
                          attribute("port", port_of(nic)), attribute("guid", guid_text(std::string(row.guid))));
    }
    return text + indent + "</nic>\n";
  }

  /// Of its cable; nothing when the port has a name.
  [[nodiscard]] std::string port_of(NodeIndex nic) const {
    for (const auto& hop : graph_.hops(nic)) {
      const auto& row = graph_.link_row(hop.link);
      const std::string port(graph_.link(hop.link).a == nic ? row.a_port : row.b_port);
      return is_number(port) ? port : "";
    }
    return "";
  }

  const Graph& graph_;
  NodeIndex host_;
  Parts parts_;
  std::map<NodeIndex, LinkIndex> pcie_;
  std::map<NodeIndex, std::vector<Hop>> nvlinks_;
};

NodeIndex chosen_host(const Graph& graph, const std::string& name) {
  if (!name.empty()) {
    if (const auto host = graph.find("host/" + name)) {
      return *host;
    }
    throw core::UsageError(fmt::format("--host {}: the map has no such host", core::printable(name)));
  }
  std::vector<NodeIndex> hosts;
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    if (graph.kind(n) == NodeKind::host) {
      hosts.push_back(n);
    }
  }
  if (hosts.size() != 1) {
    throw core::UsageError(fmt::format("the map has {} hosts: choose one with --host NAME", hosts.size()));
  }
  return hosts.front();
}

}  // namespace

std::string nccl_text(const Graph& graph, const ExportOptions& options) {
  return Host(graph, chosen_host(graph, options.host)).text();
}

}  // namespace plumb::topology
