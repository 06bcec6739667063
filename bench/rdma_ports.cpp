#include "bench/rdma_ports.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "topology/sysfs.h"

namespace plumb::bench {
namespace {

/// "ACTIVE" of "4: ACTIVE".
std::string after_colon(const std::string& text) {
  const auto colon = text.find(": ");
  return colon == std::string::npos ? text : text.substr(colon + 2);
}

}  // namespace

std::string RdmaPort::words() const {
  auto words = fmt::format("{} port {}", device, port);
  for (const auto* word : {&state, &rate, &link_layer}) {
    words += word->empty() ? "" : " " + *word;
  }
  return words;
}

std::vector<RdmaPort> rdma_ports(const std::filesystem::path& root) {
  const topology::Sysfs sysfs(root);
  const std::string devices = "sys/class/infiniband";
  std::vector<RdmaPort> ports;
  for (const auto& device : sysfs.entries(devices)) {
    for (const auto& port : sysfs.entries(fmt::format("{}/{}/ports", devices, device))) {
      const auto path = fmt::format("{}/{}/ports/{}/", devices, device, port);
      ports.push_back({device, port, after_colon(sysfs.text(path + "state")), sysfs.text(path + "rate"),
                       sysfs.text(path + "link_layer")});
    }
  }
  return ports;
}

std::vector<std::string> active_devices(const std::vector<RdmaPort>& ports) {
  std::vector<std::string> devices;
  for (const auto& port : ports) {
    if (port.state.find("ACTIVE") != std::string::npos && (devices.empty() || devices.back() != port.device)) {
      devices.push_back(port.device);
    }
  }
  return devices;
}

std::string rdma_ports_words(const std::vector<RdmaPort>& ports) {
  std::vector<std::string> words;
  for (const auto& port : ports) {
    words.push_back(port.words());
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace plumb::bench
