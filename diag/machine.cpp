#include "diag/machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <regex>
#include <sstream>

#include "core/program.h"

namespace plumb::diag {
namespace {

constexpr unsigned kDisplay = 0x03, kBridge = 0x0604, kNvSwitch = 0x0680;
constexpr std::string_view kNvidia = "0x10de";

LinkWidth link_of(const NodeTree& tree, const std::string& path, const std::string& which) {
  const auto lanes = tree.number(path + "/" + which + "_link_width").value_or(0);
  const bool is_known = lanes > 0 && lanes <= 32;  // 63 and 255: the device does not answer
  return {is_known ? static_cast<int>(lanes) : 0,
          gigatransfers_of(tree.text(path + "/" + which + "_link_speed").value_or(""))};
}

/// Directories of /sys/devices between the root and the device that are named after an address.
std::vector<std::string> bridges_above(const std::string& path) {
  static const std::regex kAddress("[0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]");
  std::vector<std::string> above;
  std::istringstream words(path.substr(0, path.rfind('/')));
  for (std::string word; std::getline(words, word, '/');) {
    if (std::regex_match(word, kAddress)) {
      above.insert(above.begin(), word);
    }
  }
  return above;
}

PciDevice read_device(const NodeTree& tree, const std::string& address) {
  PciDevice device{.address = address, .path = tree.real("/sys/bus/pci/devices/" + address)};
  const auto text = [&](const char* file) { return tree.text(device.path + "/" + file).value_or(""); };
  device.vendor = text("vendor");
  device.device = text("device");
  const auto kind = text("class");
  std::from_chars(kind.data() + std::min<std::size_t>(2, kind.size()), kind.data() + kind.size(), device.device_class,
                  16);
  if (const auto group = device.device_class >> 8U;
      group == kBridge || group == kNvSwitch || group >> 8U == kDisplay || group >> 8U == 0x02) {
    const auto driver = tree.real(device.path + "/driver");
    device.driver = driver.ends_with("/driver") ? "" : driver.substr(driver.rfind('/') + 1);
    device.numa = tree.number(device.path + "/numa_node");
    device.now = link_of(tree, device.path, "current");
    device.most = link_of(tree, device.path, "max");
    device.config = tree.bytes(device.path + "/config").value_or("");
    device.above = bridges_above(device.path);
  }
  return device;
}

/// "4: ACTIVE" to "ACTIVE".
std::string behind_colon(const std::string& text) {
  const auto colon = text.find(": ");
  return colon == std::string::npos ? text : text.substr(colon + 2);
}

RdmaPort read_port(const NodeTree& tree, const std::string& device, const std::string& number) {
  RdmaPort port{.device = device, .number = number};
  const auto text = [&](const std::string& file) { return tree.text(port.path() + "/" + file).value_or(""); };
  port.state = behind_colon(text("state"));
  port.physical = behind_colon(text("phys_state"));
  port.rate = text("rate");
  port.link_layer = text("link_layer");
  std::from_chars(port.rate.data(), port.rate.data() + port.rate.size(), port.gigabits);
  port.netdev = text("gid_attrs/ndevs/0");
  return port;
}

std::vector<RdmaDevice> read_rdma(const NodeTree& tree) {
  std::vector<RdmaDevice> devices;
  for (const auto& name : tree.names("/sys/class/infiniband")) {
    const auto path = "/sys/class/infiniband/" + name;
    const auto text = [&](const char* file) { return tree.text(path + "/" + file).value_or(""); };
    RdmaDevice device{name, "", text("fw_ver"), text("hca_type"), text("board_id"), {}};
    if (tree.has(path + "/device/vendor")) {
      const auto place = tree.real(path + "/device");
      device.pci = place.substr(place.rfind('/') + 1);
    }
    for (const auto& number : tree.names(path + "/ports")) {
      device.ports.push_back(read_port(tree, name, number));
    }
    devices.push_back(std::move(device));
  }
  return devices;
}

void read_kernel_log(Machine& machine) {
  const auto log = machine.tree->answer("kernel_log", [&]() -> std::optional<std::string> {
    auto answer = core::run_program({"dmesg"}, std::chrono::seconds(10));
    if (!answer.why_no_good.empty()) {
      machine.why_no_log = "dmesg: " + answer.why_no_good;
      return std::nullopt;
    }
    return answer.out;
  });
  machine.kernel_log = log.value_or("");
  machine.kernel_messages = kernel_messages(machine.kernel_log);
  if (!log && !machine.why_no_log) {
    machine.why_no_log = "the capture has none";
  }
}

}  // namespace

double gigatransfers_of(const std::string& text) {
  double rate = 0;
  std::from_chars(text.data(), text.data() + text.size(), rate);
  return text.find("GT/s") == std::string::npos ? 0 : rate;
}

std::string words_of(const LinkWidth& link) { return fmt::format("x{} at {:g} GT/s", link.lanes, link.gigatransfers); }

std::string Machine::gpu_id(const PciDevice& gpu) const {
  return fmt::format("gpu/{}/{}", host, std::ranges::find(gpus, &gpu) - gpus.begin());
}

const PciDevice* Machine::device_of(const RdmaDevice& nic) const {
  const auto found = pci.find(nic.pci);
  return found == pci.end() ? nullptr : &found->second;
}

std::vector<std::pair<std::string, const PciDevice*>> Machine::fast_devices() const {
  std::vector<std::pair<std::string, const PciDevice*>> devices;
  for (const auto* gpu : gpus) {
    devices.emplace_back(gpu_id(*gpu), gpu);
  }
  for (const auto& nic : rdma) {
    if (const auto* device = device_of(nic)) {
      devices.emplace_back(nic_id(nic.name), device);
    }
  }
  return devices;
}

Machine read_machine(const NodeTree& tree, const std::string& host) {
  Machine machine{.tree = &tree, .host = host};
  if (host.empty()) {
    machine.host = tree.text("/proc/sys/kernel/hostname").value_or("localhost");
  }
  machine.is_virtual = tree.text("/proc/cpuinfo").value_or("").find(" hypervisor") != std::string::npos;
  for (const auto& address : tree.names("/sys/bus/pci/devices")) {
    machine.pci.emplace(address, read_device(tree, address));
  }
  for (const auto& [address, device] : machine.pci) {
    if (device.vendor == kNvidia && device.device_class >> 16U == kDisplay) {
      machine.gpus.push_back(&device);
    } else if (device.vendor == kNvidia && device.device_class >> 8U == kNvSwitch) {
      machine.nvswitches.push_back(&device);
    }
  }
  machine.rdma = read_rdma(tree);
  read_kernel_log(machine);
  for (const auto& name : tree.names("/sys/devices/system/node")) {
    machine.numa_nodes =
        std::max(machine.numa_nodes,
                 name.starts_with("node") && std::isdigit(name.back()) != 0 ? std::atoi(name.c_str() + 4) + 1 : 1);
  }
  return machine;
}

}  // namespace plumb::diag
