// Ranks that never ended their init, that are missing, or that others waited for in vain.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/text.h"
#include "diag/nccl_checks.h"

namespace plumb::diag {
namespace {

std::string_view host_of(const NcclFacts& facts, const NcclMember& member) {
  return facts.processes[facts.devices[member.device].process].host;
}

struct Init {
  std::vector<int> stuck, missing;
  std::size_t completed = 0;
  const NcclMember* first = nullptr;  // of the stuck ones
};

Init init_of(const NcclCommunicator& communicator) {
  constexpr std::size_t kMost = 100;
  Init init;
  for (int rank = 0; rank < communicator.ranks && init.missing.size() < kMost; ++rank) {
    const auto found = communicator.members.find(rank);
    if (found == communicator.members.end()) {
      init.missing.push_back(rank);
    } else if (found->second.completed.line > 0) {
      ++init.completed;
    } else {
      init.first = init.stuck.empty() ? &found->second : init.first;
      init.stuck.push_back(rank);
    }
  }
  return init;
}

/// All ranks that began are waiting: for those that did not begin, or for one another.
NcclCheck nobody_ended(const NcclFacts& facts, const NcclCommunicator& communicator, const Init& init) {
  const auto waiting =
      fmt::format("{} of {} ranks began init and none ended it", init.stuck.size(), communicator.ranks);
  const bool is_missing = !init.missing.empty();
  return {{"", "", is_missing ? "nccl_hung_missing_ranks" : "nccl_hung_init", "fail",
           is_missing ? fmt::format("{}; rank{} {} never began", waiting, init.missing.size() == 1 ? "" : "s",
                                    list_of(init.missing))
                      : waiting,
           "Init COMPLETE of all ranks",
           is_missing
               ? "look at these ranks' own output: not started, dead before NCCL, or their log is not among the files"
               : "ranks cannot reach one another: look at the interface (Bootstrap : Using), the firewall and warnings "
                 "above"},
          fmt::format("{}: Init START", facts.where(init.first->started))};
}

void check_init(const NcclFacts& facts, const NcclCommunicator& communicator, NcclChecks& checks) {
  const auto init = init_of(communicator);
  if (init.stuck.empty()) {
    return;
  }
  if (init.completed == 0) {
    checks.push_back(nobody_ended(facts, communicator, init));
    return;
  }
  std::map<std::string_view, std::vector<int>> by_host;
  for (const int rank : init.stuck) {
    by_host[host_of(facts, communicator.members.at(rank))].push_back(rank);
  }
  for (const auto& [host, ranks] : by_host) {
    checks.push_back({{host_cell(host), host_id(host), "nccl_hung_init", "fail",
                       fmt::format("rank{} {} of {} began init and did not end it", ranks.size() == 1 ? "" : "s",
                                   list_of(ranks), communicator.ranks),
                       fmt::format("Init COMPLETE, as of {} ranks", init.completed),
                       "look at these ranks' warnings and stacks (py-spy, gdb); the log may be cut off there"},
                      fmt::format("{}: Init START", facts.where(communicator.members.at(ranks.front()).started))});
  }
}

/// Ranks of one host that NCCL takes for several: containers with host names or ids of their own.
void check_split_host(const NcclFacts& facts, const NcclCommunicator& communicator, NcclChecks& checks) {
  std::set<std::string_view> hosts;
  for (const auto& [rank, member] : communicator.members) {
    hosts.insert(host_of(facts, member));
  }
  const auto seen = static_cast<int>(communicator.members.size());
  if (communicator.nodes <= static_cast<int>(hosts.size()) || seen < communicator.ranks || hosts.contains("")) {
    return;
  }
  const auto& first = communicator.members.begin()->second;
  checks.push_back(
      {{core::file_name_part(*hosts.begin()), host_id(*hosts.begin()), "nccl_host_split", "fail",
        fmt::format("NCCL takes {} hosts for {}", hosts.size(), communicator.nodes),
        fmt::format("{} nodes", hosts.size()),
        "GPUs of a host do not use NVLink then: give its containers one UTS namespace (--uts=host) or "
        "one NCCL_HOSTID, and one /dev/shm"},
       fmt::format("{}: nNodes {}", facts.where(first.completed.line > 0 ? first.completed : first.started),
                   communicator.nodes)});
}

std::string host_of_rank(const NcclFacts& facts, std::int64_t rank) {
  const auto found = std::ranges::find_if(facts.devices, [&](const NcclDevice& one) { return one.rank == rank; });
  return found == facts.devices.end() ? "" : std::string(facts.processes[found->process].host);
}

NcclCheck timeout_check(const NcclFacts& facts, std::int64_t rank, const char* check, std::string observed,
                        std::string expected, std::string advice) {
  const auto host = host_of_rank(facts, rank);
  return {{host_cell(host), host_id(host), check, "fail", std::move(observed), std::move(expected), std::move(advice)},
          fmt::format("{}: Watchdog caught collective operation timeout", facts.where(facts.timeouts.at(rank).place))};
}

/// Ranks that wait in another operation than most.
bool check_operations(const NcclFacts& facts, NcclChecks& checks) {
  std::map<std::string, std::size_t> count;
  const auto words = [](const WatchdogTimeout& one) { return fmt::format("{} {}", one.operation, one.number); };
  for (const auto& [rank, timeout] : facts.timeouts) {
    ++count[words(timeout)];
  }
  const auto most = std::ranges::max_element(count, {}, [](const auto& one) { return one.second; });
  for (const auto& [rank, timeout] : facts.timeouts) {
    if (words(timeout) != most->first) {
      checks.push_back(timeout_check(
          facts, rank, "nccl_mismatched_collectives", fmt::format("rank {} waited in {}", rank, words(timeout)),
          fmt::format("{} as {} other ranks", most->first, most->second),
          "all ranks have to issue the same collectives in the same order: look at what this rank "
          "does otherwise (a branch, an uneven last batch, saving a checkpoint)"));
    }
  }
  return count.size() > 1;
}

/// Ranks that have enqueued less than the others.
bool check_laggards(const NcclFacts& facts, NcclChecks& checks) {
  std::int64_t most = -1;
  for (const auto& [rank, timeout] : facts.timeouts) {
    most = std::max(most, timeout.enqueued.value_or(-1));
  }
  bool is_found = false;
  for (const auto& [rank, timeout] : facts.timeouts) {
    if (timeout.enqueued && *timeout.enqueued < most && *timeout.enqueued <= timeout.number) {
      is_found = true;
      checks.push_back(
          timeout_check(facts, rank, "nccl_hung_rank",
                        fmt::format("rank {} had enqueued {} operations when all waited", rank, *timeout.enqueued),
                        fmt::format("{} as others", most),
                        "look at this rank's stack: data loading, a checkpoint, or its GPU keeps it"));
    }
  }
  return is_found;
}

}  // namespace

void check_ranks(const NcclFacts& facts, NcclChecks& checks) {
  for (const auto& communicator : facts.communicators) {
    check_init(facts, communicator, checks);
    check_split_host(facts, communicator, checks);
  }
}

void check_watchdog(const NcclFacts& facts, NcclChecks& checks) {
  const bool is_told = facts.timeouts.empty() || check_operations(facts, checks) || check_laggards(facts, checks);
  if (is_told) {
    return;
  }
  const auto& [rank, timeout] = *facts.timeouts.begin();
  std::vector<int> silent;
  const int ranks = facts.devices.empty() ? 0 : std::ranges::max(facts.devices, {}, &NcclDevice::ranks).ranks;
  for (int i = 0; i < std::max(ranks, static_cast<int>(facts.timeouts.rbegin()->first) + 1); ++i) {
    if (!facts.timeouts.contains(i)) {
      silent.push_back(i);
    }
  }
  const auto whom =
      silent.empty() ? "" : fmt::format("; rank{} {} did not say so", silent.size() == 1 ? "" : "s", list_of(silent));
  auto check = timeout_check(
      facts, rank, "nccl_hung_collective",
      fmt::format("{} ranks waited in vain in {} {}{}", facts.timeouts.size(), timeout.operation, timeout.number, whom),
      "an end within the time-out",
      silent.empty() ? "all ranks are in the same operation: look at the network (retries, a NIC or "
                       "GPU that stopped) and at XIDs"
                     : "look at the silent ranks first: dead, or busy with something else");
  check.row.host = check.row.subject = "";
  checks.push_back(std::move(check));
}

}  // namespace plumb::diag
