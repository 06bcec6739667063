// All ranks leave a collective at about the same time: the one that came late spent the least time in it, and the
// others waited for it. docs/nccl-log.md derives the limits.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "core/statistics.h"
#include "core/text.h"
#include "core/units.h"
#include "diag/inspector.h"

namespace plumb::diag {
namespace {

constexpr std::uint32_t kFewest = 8;  // collectives of a rank
constexpr double kSigmas = 4, kShare = 0.15, kLeast_us = 20;
constexpr std::size_t kFewestPeers = 4;  // communicators

/// Broadcast, reduce and pairs: not all wait for all.
bool is_of_all(std::string_view collective) {
  constexpr std::array<std::string_view, 4> kAll{"AllReduce", "AllGather", "ReduceScatter", "AlltoAll"};
  return std::ranges::find(kAll, collective) != kAll.end();
}

double margin(double middle, double spread) { return std::max({kSigmas * spread, kShare * middle, kLeast_us}); }

struct Late {
  const CollectiveShape* shape = nullptr;
  double own_us = 0, others_us = 0;
  std::uint32_t count = 0;
  [[nodiscard]] double lost_us() const { return (others_us - own_us) * count; }
};
using LateRanks = std::map<int, Late>;

/// Keeps of each rank the shape in which others waited for it the most.
void find_late(const CollectiveShape& shape, const tsl::robin_map<int, TimeHistogram>& times, LateRanks& late) {
  std::vector<int> ranks;
  std::vector<double> medians;
  for (const auto& [rank, histogram] : times) {
    if (histogram.count() >= kFewest) {
      ranks.push_back(rank);
      medians.push_back(histogram.median());
    }
  }
  if (ranks.size() < 2) {
    return;
  }
  const double spread = ranks.size() > 2 ? core::scaled_mad(medians) : 0;
  const double middle = ranks.size() > 2 ? core::median(medians) : *std::ranges::max_element(medians);
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    const Late one{&shape, medians[i], middle, times.at(ranks[i]).count()};
    if (medians[i] < middle - margin(middle, spread) && one.lost_us() > late[ranks[i]].lost_us()) {
      late[ranks[i]] = one;
    }
  }
  std::erase_if(late, [](const auto& one) { return one.second.shape == nullptr; });
}

/// The GPU that the log has for the process, or the rank itself.
std::string subject_of(const NcclFacts& facts, const InspectedRank& member, int rank) {
  for (const auto& device : facts.devices) {
    const auto& process = facts.processes[device.process];
    if (process.pid == member.pid && process.host == member.host && device.rank == rank) {
      return gpu_id(member.host, device.device);
    }
  }
  return host_id(member.host);
}

NcclCheck late_check(const InspectorReader& inspected, const NcclFacts& facts, const InspectedRank& member, int rank,
                     const Late& late) {
  constexpr double kThousand = 1000;
  return {{host_cell(member.host), subject_of(facts, member, rank), "nccl_late_rank", "warn",
           fmt::format("rank {} is in {} of {} for {}, {} of them: it comes late and the others wait", rank,
                       late.shape->collective, core::format_bytes(late.shape->bytes),
                       core::format_ns(late.own_us * kThousand), late.count),
           fmt::format("{} as its peers", core::format_ns(late.others_us * kThousand)),
           "look at what this rank does before it: its GPU's clock and temperature (plumb-gpu), its data loading, CPU "
           "binding and other load on the host"},
          fmt::format("{}: its first record", inspected.where(member.place))};
}

std::string hosts_in(const InspectedCommunicator& communicator) {
  std::set<std::string> hosts;
  for (const auto& [rank, member] : communicator.members) {
    hosts.insert(core::file_name_part(member.host));
  }
  constexpr std::size_t kMost = 4;
  std::vector<std::string> shown;
  std::ranges::copy_n(hosts.begin(), static_cast<std::ptrdiff_t>(std::min(kMost, hosts.size())),
                      std::back_inserter(shown));
  return fmt::format("{}{}", fmt::join(shown, ", "),
                     hosts.size() > kMost ? fmt::format(" and {} more", hosts.size() - kMost) : "");
}

/// Communicators of one size doing the same: tensor-parallel groups, rails.
struct Likes {
  std::vector<const InspectedCommunicator*> communicators;
  std::vector<double> fastest_us;  // of the ranks' medians: without the wait for a late one
};
using LikeKey = std::tuple<int, int, CollectiveShape>;

std::map<LikeKey, Likes> likes_of(const InspectorReader& inspected) {
  std::map<LikeKey, Likes> all;
  for (const auto& [id, communicator] : inspected.communicators()) {
    for (const auto& [shape, times] : communicator.times) {
      double fastest = 0;
      for (const auto& [rank, histogram] : times) {
        const double median = histogram.count() >= kFewest ? histogram.median() : 0;
        fastest = median > 0 && (fastest == 0 || median < fastest) ? median : fastest;
      }
      if (fastest > 0 && is_of_all(shape.collective)) {
        auto& likes = all[{communicator.ranks, communicator.nodes, shape}];
        likes.communicators.push_back(&communicator);
        likes.fastest_us.push_back(fastest);
      }
    }
  }
  return all;
}

void check_slow_communicators(const InspectorReader& inspected, NcclChecks& checks) {
  constexpr double kThousand = 1000;
  std::set<const InspectedCommunicator*> told;
  for (const auto& [key, likes] : likes_of(inspected)) {
    if (likes.communicators.size() < kFewestPeers) {
      continue;
    }
    const auto& shape = std::get<CollectiveShape>(key);
    const double middle = core::median(likes.fastest_us);
    const double limit = middle + margin(middle, core::scaled_mad(likes.fastest_us));
    for (std::size_t i = 0; i < likes.communicators.size(); ++i) {
      const auto& slow = *likes.communicators[i];
      if (likes.fastest_us[i] <= limit || !told.insert(&slow).second) {
        continue;
      }
      const auto& first = slow.members.begin()->second;
      const bool is_one_host = slow.nodes == 1;
      checks.push_back(
          {{is_one_host ? host_cell(first.host) : "", is_one_host ? host_id(first.host) : "", "nccl_slow_communicator",
            "warn",
            fmt::format("{} of {} takes {} among {} ranks on {}", shape.collective, core::format_bytes(shape.bytes),
                        core::format_ns(likes.fastest_us[i] * kThousand), slow.ranks, hosts_in(slow)),
            fmt::format("{} as of {} communicators alike", core::format_ns(middle * kThousand),
                        likes.communicators.size()),
            "measure these hosts: plumb-gpu, plumb-pairs among them and plumb-allreduce"},
           fmt::format("{}: its first record", inspected.where(first.place))});
    }
  }
}

}  // namespace

void check_inspected(const InspectorReader& inspected, const NcclFacts& facts, NcclChecks& checks) {
  for (const auto& [id, communicator] : inspected.communicators()) {
    LateRanks late;
    for (const auto& [shape, times] : communicator.times) {
      if (is_of_all(shape.collective)) {
        find_late(shape, times, late);
      }
    }
    for (const auto& [rank, one] : late) {
      checks.push_back(late_check(inspected, facts, communicator.members.at(rank), rank, one));
    }
  }
  check_slow_communicators(inspected, checks);
}

}  // namespace plumb::diag
