#include "bench/group_summary.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/statistics.h"

namespace plumb::bench {
namespace {

constexpr std::size_t kReadable = 16;

}  // namespace

core::CaseRow row_of_all(const std::vector<core::CaseRow>& groups) {
  auto row = *std::ranges::max_element(
      groups, {}, [](const core::CaseRow& one) { return std::pair(one.status != "ok", one.p50_ns.value_or(0)); });
  row.group.reset();
  core::Integer wrong = 0;
  for (const auto& one : groups) {
    wrong += one.wrong.value_or(0);
    row.first_wrong = row.first_wrong.empty() ? one.first_wrong : row.first_wrong;
  }
  if (row.wrong) {
    row.wrong = wrong;
  }
  return row;
}

void GroupSummary::add(const core::CaseRow& of_group) {
  if (of_group.group) {
    auto& group = groups_[*of_group.group];
    group.sum_Bps += of_group.busbw_Bps.value_or(0);
    group.cases += of_group.busbw_Bps ? 1 : 0;
  }
}

std::string GroupSummary::text() const {
  if (groups_.empty()) {
    return {};
  }
  std::vector<double> means;
  std::string each;
  for (const auto& [number, busbw] : groups_) {
    means.push_back(busbw.mean_Bps());
    each += fmt::format("{}{}: {:.4g}", each.empty() ? "" : ", ", number, busbw.mean_Bps() * 1e-9);
  }
  const auto slowest = std::ranges::min_element(groups_, {}, [](const auto& one) { return one.second.mean_Bps(); });
  auto text = fmt::format("# Groups               : {} at the same time; the table has the slowest of each case\n",
                          groups_.size());
  if (groups_.size() <= kReadable) {
    text += fmt::format("#   avg bus bandwidth  : {}\n", each);
  }
  return text + fmt::format("#   slowest            : group {}, {:.4g} GB/s, {:.0f} % of the median group\n",
                            slowest->first, slowest->second.mean_Bps() * 1e-9,
                            100 * slowest->second.mean_Bps() / std::max(core::median(means), 1e-9));
}

}  // namespace plumb::bench
