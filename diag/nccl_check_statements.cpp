// Do all hosts say the same: versions, environment, NICs, interfaces?
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/text.h"
#include "diag/nccl_checks.h"

namespace plumb::diag {
namespace {

struct Statement {
  std::string_view name;  // begins with it
  std::string_view check, status, advice;
};

/// The first that fits; an empty check is not compared. Dump files, ids and affinities differ by their nature, and each
/// communicator has channels of its own.
constexpr std::array kStatements{
    Statement{"version", "nccl_version_differs", "fail",
              "use one container or module on all hosts; look at LD_LIBRARY_PATH and LD_PRELOAD"},
    Statement{"build", "nccl_version_differs", "fail",
              "the hosts have different builds of NCCL: use one container or module on all"},
    Statement{"driver", "nccl_driver_differs", "warn", "bring all hosts to one driver"},
    Statement{"network", "nccl_network_differs", "fail",
              "hosts on different networks cannot talk: look at the NICs and plugins of the odd ones"},
    Statement{"nvls", "nccl_nvls_differs", "warn",
              "look at the GPU's fabric state (nvidia-smi -q), fabric manager and driver of the odd hosts"},
    Statement{"bootstrap", "nccl_interface_differs", "warn",
              "name one interface for all hosts with NCCL_SOCKET_IFNAME"},
    Statement{"sockets", "nccl_interface_differs", "warn", "name one interface for all hosts with NCCL_SOCKET_IFNAME"},
    Statement{"speed of ", "nccl_nic_speed", "fail", "look at the port's rate, its cable and the switch port"},
    Statement{"NCCL_DEBUG", "", "", ""},
    Statement{"NCCL_HOSTID", "", "", ""},
    Statement{"NCCL_COMM_ID", "", "", ""},
    Statement{"NCCL_TOPO_DUMP", "", "", ""},
    Statement{"NCCL_GRAPH_DUMP", "", "", ""},
    Statement{"NCCL_", "nccl_environment_differs", "warn",
              "export the same NCCL_* to all ranks (mpirun -x, srun --export)"},
};

struct HostValue {
  Words::Id value;
  Place place;
};
using Values = std::map<std::string_view, std::vector<HostValue>>;  // by host, different ones only

Values values_of(const NcclFacts& facts, Words::Id name) {
  Values values;
  for (const auto& process : facts.processes) {
    if (process.said.empty()) {
      continue;
    }
    auto& known = values[process.host];
    for (const auto& said : process.said) {
      if (said.name == name && std::ranges::find(known, said.value, &HostValue::value) == known.end()) {
        known.push_back({said.value, said.place});
      }
    }
  }
  return values;
}

struct Majority {
  Words::Id value = 0;
  std::size_t hosts = 0, told = 0;
};

/// What most hosts say; of equally many the value that came first.
Majority majority_of(const Values& values) {
  std::map<Words::Id, std::size_t> hosts;
  Majority majority;
  for (const auto& [host, said] : values) {
    majority.told += said.empty() ? 0 : 1;
    for (const auto& one : said) {
      ++hosts[one.value];
    }
  }
  for (const auto& [value, count] : hosts) {
    if (count > majority.hosts) {
      majority.value = value;
      majority.hosts = count;
    }
  }
  return majority;
}

std::string quoted(const NcclFacts& facts, std::string_view name, Words::Id value) {
  const auto text = core::printable(facts.words[value]);
  return name.starts_with("NCCL_") ? fmt::format("{}={}", core::printable(name), text)
                                   : fmt::format("{} {}", core::printable(name), text);
}

NcclCheck check_of(const NcclFacts& facts, const Statement& statement, std::string_view name, std::string_view host,
                   const HostValue& odd, const Majority& most) {
  const auto subject = statement.check == "nccl_nic_speed"
                           ? nic_id(host, core::file_name_part(name.substr(statement.name.size())))
                           : host_id(host);
  return {{host_cell(host), subject, std::string(statement.check), std::string(statement.status),
           quoted(facts, name, odd.value),
           fmt::format("{} as on {} of {} hosts", core::printable(facts.words[most.value]), most.hosts, most.told),
           std::string(statement.advice)},
          fmt::format("{}: {}", facts.where(odd.place), quoted(facts, name, odd.value))};
}

/// A variable that nearly all hosts print and one does not is not set there, unless its log was cut.
void check_unset(const NcclFacts& facts, std::string_view name, const Values& values, const Majority& most,
                 NcclChecks& checks) {
  constexpr std::size_t kFew = 3;
  if (!name.starts_with("NCCL_") || values.size() < kFew || most.told * 4 < values.size() * 3) {
    return;
  }
  for (const auto& [host, said] : values) {
    if (said.empty()) {
      checks.push_back(
          {{host_cell(host), host_id(host), "nccl_environment_differs", "warn",
            fmt::format("{} not set", core::printable(name)),
            fmt::format("{} as on {} of {} hosts", core::printable(facts.words[most.value]), most.hosts, values.size()),
            "export the same NCCL_* to all ranks (mpirun -x, srun --export)"},
           ""});
    }
  }
}

void check_name(const NcclFacts& facts, Words::Id id, NcclChecks& checks) {
  const auto name = facts.words[id];
  const auto* statement =
      std::ranges::find_if(kStatements, [&](const Statement& one) { return name.starts_with(one.name); });
  if (statement == kStatements.end() || statement->check.empty()) {
    return;
  }
  const auto values = values_of(facts, id);
  const auto most = majority_of(values);
  for (const auto& [host, said] : values) {
    for (const auto& one : said) {
      if (one.value != most.value) {
        checks.push_back(check_of(facts, *statement, name, host, one, most));
      }
    }
  }
  check_unset(facts, name, values, most, checks);
}

}  // namespace

void check_statements(NcclFacts& facts, NcclChecks& checks) {
  std::set<Words::Id> names;
  for (const auto& process : facts.processes) {
    for (const auto& said : process.said) {
      names.insert(said.name);
    }
  }
  for (const auto name : names) {
    check_name(facts, name, checks);
  }
}

}  // namespace plumb::diag
