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

double busbw_of(const Placed<core::CaseRow>* placed) { return placed->row.busbw_Bps.value_or(0); }

/// Of each run, collective, backend and memory the groups at the largest size.
std::vector<GroupCases> side_by_side(const Evidence& evidence) {
  const auto kind_of = [](const GroupCases& groups) {
    const auto& row = groups.front()->row;
    return std::tie(groups.front()->run, row.collective, row.backend, row.memory);
  };
  std::vector<GroupCases> largest;
  for (auto& groups : cases_of_groups(evidence)) {
    std::erase_if(groups, [](const auto* placed) { return !tells_bandwidth(placed->row); });
    if (groups.empty()) {
      continue;
    }
    if (largest.empty() || kind_of(largest.back()) != kind_of(groups)) {
      largest.emplace_back();
    }
    largest.back() = std::move(groups);
  }
  return largest;
}

/// Of two, the faster is the norm.
double norm_of(const GroupCases& groups) {
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
  explicit Placement(const Evidence& evidence) : evidence_(evidence) {
    for (const auto& one : evidence.rank_times) {
      cases_.try_emplace({one.run, evidence.words[one.name]}, &one);
    }
  }

  [[nodiscard]] Common common_of(const Placed<core::CaseRow>& placed) const {
    const auto found = cases_.find({placed.run, placed.row.name});
    if (found == cases_.end()) {
      return {};
    }
    std::set<std::uint32_t> hosts, local_ranks;
    for (const auto& rank : found->second->ranks) {
      const auto* const place = evidence_.place_of_rank(placed.run, rank.rank);
      if (place == nullptr) {
        return {};
      }
      hosts.insert(place->host);
      local_ranks.insert(place->local_rank);
    }
    return {.host = hosts.size() == 1 ? evidence_.words[*hosts.begin()] : "",
            .local_rank =
                hosts.size() > 1 && local_ranks.size() == 1 ? core::MaybeInteger(*local_ranks.begin()) : std::nullopt};
  }

 private:
  const Evidence& evidence_;
  std::map<std::pair<std::size_t, std::string_view>, const CaseRanks*> cases_;
};

std::string name_of(const Common& common, core::Integer group, std::size_t groups) {
  return !common.host.empty() ? fmt::format("host {}, by itself (group {} of {})", common.host, group, groups)
         : common.local_rank
             ? fmt::format("the rail of local rank {} (group {} of {})", *common.local_rank, group, groups)
             : fmt::format("group {} of {}", group, groups);
}

core::Finding finding_of(const Evidence& evidence, const GroupCases& slow, const Common& common, std::size_t groups,
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
  std::optional<Placement> placement;  // of tens of thousands of groups: when something is slow
  for (const auto& groups : side_by_side(evidence)) {
    const double norm_Bps = norm_of(groups);
    GroupCases others;  // than whole hosts
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
