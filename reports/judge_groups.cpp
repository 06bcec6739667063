#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "core/statistics.h"
#include "core/units.h"
#include "reports/collective_cases.h"
#include "reports/judge.h"

namespace plumb::reports {
namespace {

constexpr double kSlow = 0.8;       // of the other groups
constexpr std::size_t kEnough = 4;  // groups, to say that it is the host

using Groups = std::vector<const Placed<core::CaseRow>*>;

double busbw_of(const Placed<core::CaseRow>* placed) { return placed->row.busbw_Bps.value_or(0); }

/// Of each run, collective, backend and memory the groups at the largest size.
std::vector<Groups> side_by_side(const Evidence& evidence) {
  using Key = std::tuple<std::size_t, std::string_view, std::string_view, std::string_view>;
  std::map<Key, std::map<std::tuple<core::Integer, std::string_view, std::string_view, core::Integer>, Groups>> all;
  for (const auto& placed : evidence.cases) {
    const auto& row = placed.row;
    if (row.group && tells_bandwidth(row)) {
      all[{placed.run, row.collective, row.backend, row.memory}][{row.bytes, row.dtype, row.redop, row.in_place}]
          .push_back(&placed);
    }
  }
  std::vector<Groups> largest;
  for (auto& [what, sizes] : all) {
    largest.push_back(std::move(sizes.rbegin()->second));
  }
  return largest;
}

/// Of two, the faster is the norm.
double norm_of(const Groups& groups) {
  std::vector<double> rates;
  std::ranges::transform(groups, std::back_inserter(rates), busbw_of);
  return rates.size() == 2 ? std::ranges::max(rates) : core::median(rates);
}

/// What all ranks of a group have in common, as far as ranks.csv and rank_times.csv tell.
struct Common {
  std::string host;
  core::MaybeInteger local_rank;  // on several hosts: a rail
};

/// Whose ranks run where, by run and name of the case.
class Placement {
 public:
  explicit Placement(const Evidence& evidence) {
    std::map<std::pair<std::size_t, core::Integer>, const core::RankRow*> ranks;
    for (const auto& placed : evidence.ranks) {
      ranks.try_emplace({placed.run, placed.row.rank}, &placed.row);
    }
    for (const auto& placed : evidence.rank_times) {
      const auto rank = ranks.find({placed.run, placed.row.rank});
      auto& place = places_[{placed.run, placed.row.case_name}];
      place.hosts.insert(rank == ranks.end() ? std::string_view() : rank->second->host);
      place.local_ranks.insert(rank == ranks.end() ? -1 : rank->second->local_rank);
    }
  }

  [[nodiscard]] Common common_of(const Placed<core::CaseRow>& placed) const {
    const auto found = places_.find({placed.run, placed.row.name});
    if (found == places_.end() || found->second.hosts.contains("")) {
      return {};
    }
    const auto& [hosts, local_ranks] = found->second;
    return {.host = hosts.size() == 1 ? std::string(*hosts.begin()) : "",
            .local_rank =
                hosts.size() > 1 && local_ranks.size() == 1 ? core::MaybeInteger(*local_ranks.begin()) : std::nullopt};
  }

 private:
  struct Place {
    std::set<std::string_view> hosts;
    std::set<core::Integer> local_ranks;
  };
  std::map<std::pair<std::size_t, std::string_view>, Place> places_;
};

std::string name_of(const Common& common, core::Integer group, std::size_t groups) {
  return !common.host.empty() ? fmt::format("host {}, by itself (group {} of {})", common.host, group, groups)
         : common.local_rank
             ? fmt::format("the rail of local rank {} (group {} of {})", *common.local_rank, group, groups)
             : fmt::format("group {} of {}", group, groups);
}

core::Finding finding_of(const Evidence& evidence, const Groups& slow, const Common& common, std::size_t groups,
                         double norm_Bps) {
  const auto* const worst = *std::ranges::min_element(slow, {}, busbw_of);
  core::Finding finding{.severity = core::Severity::warn, .kind = core::FindingKind::slow_under_load};
  if (!common.host.empty() && groups >= kEnough) {  // it shared nothing with the others
    finding.severity = core::Severity::fail;
    finding.kind = core::FindingKind::slow_host;
    finding.suspects = {{"host/" + common.host, 1}};
  }
  const double slowdown = busbw_of(worst) / norm_Bps;
  finding.slowdown = slowdown;
  finding.title = fmt::format("{} is at {} of the others that ran {} at the same time",
                              name_of(common, worst->row.group.value_or(0), groups), core::format_percent(slowdown),
                              worst->row.collective);
  if (slow.size() > 1) {
    finding.title += fmt::format("; {} more are slow", slow.size() - 1);
  }
  for (const auto* placed : slow) {
    finding.evidence.push_back({evidence.file_of(placed->place), placed->place.line,
                                fmt::format("{}: busbw {}, the others {}", placed->row.name,
                                            core::format_rate(busbw_of(placed)), core::format_rate(norm_Bps))});
  }
  finding.advice =
      common.host.empty()
          ? "what this group alone uses is slow: with --split MOD by the GPUs of a host a group is a rail; "
            "measure plumb-pairs there, which names the part"
          : "what is slow is within this host: its GPUs (plumb-gpu), NVLinks and NVSwitches, or its "
            "processors' settings (plumb-node)";
  return finding;
}

}  // namespace

void judge_groups(const Evidence& evidence, core::Verdict& verdict) {
  std::optional<Placement> placement;  // of hundreds of thousands of ranks: when something is slow
  for (const auto& groups : side_by_side(evidence)) {
    const double norm_Bps = norm_of(groups);
    Groups others;  // than whole hosts
    for (const auto* one : groups) {
      if (busbw_of(one) >= kSlow * norm_Bps) {
        continue;
      }
      if (!placement) {
        placement.emplace(evidence);
      }
      if (const auto common = placement->common_of(*one); !common.host.empty()) {
        verdict.findings.push_back(finding_of(evidence, {one}, common, groups.size(), norm_Bps));
      } else {
        others.push_back(one);
      }
    }
    if (!others.empty()) {
      const auto common = placement->common_of(**std::ranges::min_element(others, {}, busbw_of));
      verdict.findings.push_back(finding_of(evidence, others, common, groups.size(), norm_Bps));
    }
  }
}

}  // namespace plumb::reports
