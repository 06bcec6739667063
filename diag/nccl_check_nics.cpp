// NICs that one host lacks or leaves idle, and GPUs that use a far one.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>

#include "core/text.h"
#include "diag/nccl_checks.h"

namespace plumb::diag {
namespace {

struct HostNics {
  std::vector<std::string> names;
  Place place;
  std::uint32_t used = 0;  // bits
  Place used_place;
};
using Hosts = std::map<std::string_view, HostNics>;

Hosts nics_by_host(NcclFacts& facts) {
  Hosts hosts;
  for (const auto& process : facts.processes) {
    if (const auto* said = facts.find(process, "nics"); said != nullptr && hosts[process.host].names.empty()) {
      hosts[process.host].names = nic_names(facts.words[said->value]);
      hosts[process.host].place = said->place;
    }
  }
  for (const auto& device : facts.devices) {
    if (device.nics != 0 && device.socket == 0) {
      auto& host = hosts[facts.processes[device.process].host];
      host.used |= device.nics;
      host.used_place = device.net_place;
    }
  }
  return hosts;
}

/// What most hosts have of something.
template <class Value>
std::pair<Value, std::size_t> most_common(const Hosts& hosts, Value (*of)(const HostNics&)) {
  std::map<Value, std::size_t> count;
  for (const auto& [name, host] : hosts) {
    ++count[of(host)];
  }
  const auto most = std::ranges::max_element(count, {}, [](const auto& one) { return one.second; });
  return most == count.end() ? std::pair<Value, std::size_t>() : std::pair<Value, std::size_t>(*most);
}

std::vector<std::string> names_of(const HostNics& host) {
  auto names = host.names;
  std::ranges::sort(names);
  return names;
}

int used_of(const HostNics& host) { return std::popcount(host.used); }

void check_lists(const NcclFacts& facts, const Hosts& hosts, NcclChecks& checks) {
  const auto [usual, count] = most_common(hosts, names_of);
  for (const auto& [name, host] : hosts) {
    const auto names = names_of(host);
    std::vector<std::string> missing;
    std::ranges::set_difference(usual, names, std::back_inserter(missing));
    if (names.empty() || names == usual || (hosts.size() == 2 && names.size() > usual.size())) {
      continue;
    }
    const auto subject =
        missing.size() == 1 && names.size() < usual.size() ? nic_id(name, missing.front()) : host_id(name);
    checks.push_back(
        {{host_cell(name), subject, "nccl_nics_differ", names.size() < usual.size() ? "fail" : "warn",
          fmt::format("{} NICs{}", names.size(), missing.empty() ? "" : ", none called " + missing.front()),
          fmt::format("{} as on {} of {} hosts", usual.size(), count, hosts.size()),
          "look at ibv_devinfo: is its port active? Is it in NCCL_IB_HCA, and in the container?"},
         fmt::format("{}: NET/IB : Using {} NICs", facts.where(host.place), names.size())});
  }
}

void check_used(const NcclFacts& facts, const Hosts& hosts, NcclChecks& checks) {
  const auto [usual, count] = most_common(hosts, used_of);
  for (const auto& [name, host] : hosts) {
    if (host.used != 0 && used_of(host) < usual && count * 2 > hosts.size()) {
      checks.push_back({{host_cell(name), host_id(name), "nccl_nics_idle", "warn",
                         fmt::format("traffic over {} NICs", used_of(host)),
                         fmt::format("{} as on {} of {} hosts", usual, count, hosts.size()),
                         "compare nvidia-smi topo -m and NCCL_TOPO_DUMP_FILE with a healthy host: a NIC or GPU sits "
                         "elsewhere on PCIe, or is missing"},
                        fmt::format("{}: via NET", facts.where(host.used_place))});
    }
  }
}

/// Another NIC is nearer to the GPU than one that it uses itself.
void check_distance(const NcclFacts& facts, const NcclDevice& device, const Hosts& hosts, NcclChecks& checks) {
  const auto nearest = std::ranges::min_element(device.distance);
  for (std::size_t nic = 0; nic < NcclDevice::kNics; ++nic) {
    const auto distance = device.distance[nic];
    if ((device.nics >> nic & 1U) == 0 || distance == NcclDevice::kUnknown || distance <= *nearest) {
      continue;
    }
    const auto host = facts.processes[device.process].host;
    const auto found = hosts.find(host);
    const auto name = [&](std::size_t number) {
      const bool is_known = found != hosts.end() && number < found->second.names.size();
      return is_known ? found->second.names[number] : fmt::format("NIC {}", number);
    };
    checks.push_back({{host_cell(host), gpu_id(host, device.device), "nccl_far_nic", "warn",
                       fmt::format("uses {}, of distance {}", name(nic), distance),
                       fmt::format("{}, of distance {}",
                                   name(static_cast<std::size_t>(nearest - device.distance.begin())), *nearest),
                       "compare nvidia-smi topo -m, CUDA_VISIBLE_DEVICES, NCCL_IB_HCA and NCCL_TOPO_FILE with the "
                       "host's real PCIe tree"},
                      fmt::format("{}: via NET/…/{}", facts.where(device.net_place), nic)});
    return;
  }
}

}  // namespace

void check_nics(NcclFacts& facts, NcclChecks& checks) {
  const auto hosts = nics_by_host(facts);
  check_lists(facts, hosts, checks);
  check_used(facts, hosts, checks);
  for (const auto& device : facts.devices) {
    check_distance(facts, device, hosts, checks);
  }
}

}  // namespace plumb::diag
