// Sockets instead of RDMA, GPUs whose data goes through host memory, and the wrong interface.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "core/text.h"
#include "diag/nccl_checks.h"

namespace plumb::diag {
namespace {

/// The devices of a host, and the first of its processes.
struct Host {
  std::vector<const NcclDevice*> devices;
  const NcclProcess* process = nullptr;
};
using Hosts = std::map<std::string_view, Host>;

Hosts group(const NcclFacts& facts) {
  Hosts hosts;
  for (const auto& process : facts.processes) {
    auto& host = hosts[process.host];
    host.process = host.process == nullptr || host.process->said.size() < process.said.size() ? &process : host.process;
  }
  for (const auto& device : facts.devices) {
    if (device.device >= 0) {
      hosts[facts.processes[device.process].host].devices.push_back(&device);
    }
  }
  return hosts;
}

bool is_over_network(const NcclFacts& facts) {
  return hosts_of(facts).size() > 1 ||
         std::ranges::any_of(facts.devices, [](const auto& one) { return one.net_place.line > 0; }) ||
         std::ranges::any_of(facts.communicators, [](const auto& one) { return one.nodes > 1; });
}

std::string value_of(NcclFacts& facts, const NcclProcess& process, std::string_view name) {
  const auto* said = facts.find(process, name);
  return said == nullptr ? "" : core::printable(facts.words[said->value]);
}

struct Reason {
  std::string what, advice;
  bool is_wanted = false;  // by who started the job
};

Reason reason_for_sockets(NcclFacts& facts, const NcclProcess& process) {
  const auto value = [&](std::string_view name) { return value_of(facts, process, name); };
  if (const auto off = value("NCCL_IB_DISABLE"); !off.empty() && off != "0") {
    return {"NCCL_IB_DISABLE=" + off, "unset NCCL_IB_DISABLE, if the host has RDMA NICs", true};
  }
  if (value("NCCL_NET") == "Socket") {
    return {"NCCL_NET=Socket", "unset NCCL_NET, if the host has RDMA NICs", true};
  }
  if (!value("no_verbs").empty()) {
    return {"libibverbs was not found", "install libibverbs1 and the NIC's provider in the container"};
  }
  if (const auto wanted = value("NCCL_IB_HCA"); !value("no_nic").empty() && !wanted.empty()) {
    return {fmt::format("no device fits NCCL_IB_HCA={}", wanted),
            "compare NCCL_IB_HCA with ibv_devices on this host; see that the ports are active"};
  }
  if (!value("no_nic").empty()) {
    return {"NET/IB found no device",
            "ibv_devinfo has to list active ports; give the container /dev/infiniband; look at the plugin's own lines"};
  }
  return {"", "look at why NET/IB or the plugin was not chosen: NCCL_DEBUG_SUBSYS=INIT,NET"};
}

std::string words_of_devices(const std::vector<const NcclDevice*>& some, std::size_t all) {
  std::vector<int> numbers;
  for (const auto* device : some) {
    numbers.push_back(device->device);
  }
  std::ranges::sort(numbers);
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return some.size() == all ? fmt::format("{} of {} GPUs", all, all)
                            : fmt::format("{} of {} GPUs ({})", some.size(), all, list_of(numbers));
}

template <class Has>
std::vector<const NcclDevice*> devices_that(const Host& host, Has has) {
  std::vector<const NcclDevice*> some;
  std::ranges::copy_if(host.devices, std::back_inserter(some), has);
  return some;
}

void check_sockets(NcclFacts& facts, std::string_view name, const Host& host, NcclChecks& checks) {
  const auto over = devices_that(host, [](const auto* one) { return one->socket > 0; });
  const auto* said = facts.find(*host.process, "network");
  if (over.empty() && (said == nullptr || facts.words[said->value] != "Socket")) {
    return;
  }
  const auto reason = reason_for_sockets(facts, *host.process);
  const auto interfaces = value_of(facts, *host.process, "sockets");
  const auto place = over.empty() ? said->place : over.front()->socket_place;
  checks.push_back(
      {{host_cell(name), host_id(name), "nccl_socket_fallback", reason.is_wanted ? "warn" : "fail",
        fmt::format("{}TCP sockets{}{}", over.empty() ? "" : words_of_devices(over, host.devices.size()) + " over ",
                    interfaces.empty() ? "" : " on " + interfaces, reason.what.empty() ? "" : ": " + reason.what),
        "RDMA", reason.advice},
       fmt::format("{}: {}", facts.where(place), over.empty() ? "Using network Socket" : "via NET/Socket")});
}

Reason reason_for_staging(NcclFacts& facts, const NcclProcess& process) {
  if (!value_of(facts, process, "no_gdr").empty()) {
    return {"the NIC cannot reach GPU memory", "load nvidia_peermem, or a kernel, driver and NIC with dma-buf"};
  }
  for (const auto* name : {"NCCL_NET_GDR_LEVEL", "NCCL_IB_CUDA_SUPPORT"}) {
    if (const auto value = value_of(facts, process, name); !value.empty()) {
      return {fmt::format("{}={}", name, value),
              fmt::format("unset {}; see nvidia-smi topo -m for how far NICs are from GPUs", name), true};
    }
  }
  return {"",
          "load nvidia_peermem or use dma-buf; see that each GPU has a NIC within PXB (nvidia-smi topo -m), and that "
          "the GPU can (GeForce cannot)"};
}

void check_staging(NcclFacts& facts, std::string_view name, const Host& host, NcclChecks& checks) {
  const auto staged = devices_that(host, [](const auto* one) { return one->received_staged > one->received_direct; });
  if (staged.empty()) {
    return;
  }
  const auto reason = reason_for_staging(facts, *host.process);
  const bool is_one = staged.size() == 1;
  checks.push_back({{host_cell(name), is_one ? gpu_id(name, staged.front()->device) : host_id(name),
                     "nccl_no_gpudirect", reason.is_wanted ? "warn" : "fail",
                     fmt::format("{} receive through host memory{}", words_of_devices(staged, host.devices.size()),
                                 reason.what.empty() ? "" : ": " + reason.what),
                     "GDRDMA", reason.advice},
                    fmt::format("{}: [receive] via NET without GDRDMA", facts.where(staged.front()->staged_place))});
}

void check_shared_memory(NcclFacts& facts, std::string_view name, const Host& host, bool is_everywhere,
                         NcclChecks& checks) {
  const auto shared = devices_that(host, [](const auto* one) { return one->shm > 0; });
  if (shared.empty()) {
    return;
  }
  const auto off = value_of(facts, *host.process, "NCCL_P2P_DISABLE");
  checks.push_back(
      {{host_cell(name), host_id(name), "nccl_no_p2p", is_everywhere ? "warn" : "fail",
        fmt::format("{} pass data to GPUs of their host through host memory{}",
                    words_of_devices(shared, host.devices.size()),
                    off.empty() || off == "0" ? "" : ": NCCL_P2P_DISABLE=" + off),
        is_everywhere ? "P2P" : "P2P, as on other hosts",
        "look at nvidia-smi topo -p2p r and -m, ACS and IOMMU, NCCL_P2P_LEVEL; ranks in containers of their "
        "own need a common /dev/shm and pid namespace"},
       fmt::format("{}: via SHM", facts.where(shared.front()->shm_place))});
}

bool is_of_no_fabric(std::string_view interface) {
  constexpr std::array<std::string_view, 10> kBegin{"lo",   "docker",  "virbr", "br-",    "veth",
                                                    "cni0", "flannel", "cali",  "podman", "tun"};
  return std::ranges::any_of(
      kBegin, [&](const auto begin) { return begin == "lo" ? interface == begin : interface.starts_with(begin); });
}

void check_interfaces(NcclFacts& facts, std::string_view name, const Host& host, NcclChecks& checks) {
  for (const auto* kind : {"sockets", "bootstrap"}) {
    const auto* said = facts.find(*host.process, kind);
    const auto interfaces = said == nullptr ? "" : facts.words[said->value];
    const auto first = interfaces.substr(0, interfaces.find(' '));
    if (is_of_no_fabric(first)) {
      checks.push_back({{host_cell(name), host_id(name), "nccl_interface", "fail",
                         fmt::format("ranks meet over {}", core::printable(first)), "an interface that all hosts share",
                         "name it with NCCL_SOCKET_IFNAME (NCCL_SOCKET_IFNAME=^docker,lo,virbr leaves these out)"},
                        fmt::format("{}: Using {}", facts.where(said->place), core::printable(interfaces))});
      return;
    }
  }
}

}  // namespace

void check_network(NcclFacts& facts, NcclChecks& checks) {
  const auto hosts = group(facts);
  // Hosts whose channels inside are in the log.
  const bool is_everywhere = std::ranges::none_of(hosts, [](const auto& one) {
    const auto& devices = one.second.devices;
    return std::ranges::any_of(devices, [](const auto* device) { return device->p2p > 0; }) &&
           std::ranges::none_of(devices, [](const auto* device) { return device->shm > 0; });
  });
  for (const auto& [name, host] : hosts) {
    if (host.process == nullptr) {
      continue;
    }
    if (is_over_network(facts)) {
      check_sockets(facts, name, host, checks);
      check_interfaces(facts, name, host, checks);
    }
    check_staging(facts, name, host, checks);
    check_shared_memory(facts, name, host, is_everywhere, checks);
  }
}

}  // namespace plumb::diag
