#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/units.h"
#include "reports/judge.h"
#include "reports/rank_text.h"

namespace plumb::reports {
namespace {

constexpr std::size_t kQuoted = 5;

/// Wrong data of pairs: the end that shares the largest part of its measurements with wrong bytes.
void judge_pair_data(const Evidence& evidence, std::vector<core::Finding>& findings) {
  struct Tally {
    double wrong = 0, all = 0;
    [[nodiscard]] double share() const { return wrong / std::max(all, 1.0); }
  };
  std::vector<Tally> ends(evidence.endpoints.size());
  core::Finding finding{.severity = core::Severity::fail, .kind = core::FindingKind::wrong_data};
  std::uint64_t wrong_rows = 0;
  for (const auto& pair : evidence.pairs) {
    for (const auto end : {pair.src, pair.dst}) {
      ends[end].all += 1;
      ends[end].wrong += pair.wrong > 0 ? 1 : 0;
    }
    if (pair.wrong > 0 && wrong_rows++ < kQuoted) {
      finding.evidence.push_back({evidence.file_of(pair.place), pair.place.line,
                                  fmt::format("{} to {}: {} wrong bytes", evidence.endpoints[pair.src],
                                              evidence.endpoints[pair.dst], pair.wrong)});
    }
  }
  if (wrong_rows == 0) {
    return;
  }
  double best = 0, sum = 0;
  for (const auto& tally : ends) {
    best = std::max(best, tally.share());
  }
  for (std::size_t end = 0; end < ends.size(); ++end) {
    const double share = ends[end].share();
    if (share > best / 2) {
      finding.suspects.push_back({evidence.endpoints[end], share});
      sum += share;
    }
  }
  for (auto& suspect : finding.suspects) {
    suspect.posterior /= sum;
  }
  std::stable_sort(finding.suspects.begin(), finding.suspects.end(),
                   [](const auto& a, const auto& b) { return a.posterior > b.posterior; });
  finding.title = fmt::format("wrong data in {} of {} pair measurements, most with {}", wrong_rows,
                              evidence.pairs.size(), finding.suspects.front().component);
  finding.advice = "take the host out at once: memory, NIC or cable corrupts data; repeat the run to see if it stays";
  findings.push_back(std::move(finding));
}

void judge_case_data(const Evidence& evidence, std::vector<core::Finding>& findings) {
  std::map<std::string, core::Finding> by_rank;  // one finding a rank, however many cases show it
  for (const auto& placed : evidence.cases) {
    const auto& row = placed.row;
    if (row.wrong.value_or(0) <= 0) {
      continue;
    }
    const auto rank = rank_in(row.first_wrong);
    const std::string who = rank ? fmt::format("rank {} on host {}", rank->rank, rank->host) : row.name;
    auto& finding = by_rank[who];
    finding.severity = core::Severity::fail;
    finding.kind = core::FindingKind::wrong_data;
    finding.title = fmt::format("{} received wrong data in a collective", who);
    if (finding.suspects.empty() && rank) {
      finding.suspects.push_back({"host/" + rank->host, 1});
    }
    finding.advice = "take the host out at once; the peer named in the evidence is the other suspect: run plumb-pairs";
    if (finding.evidence.size() < kQuoted) {
      finding.evidence.push_back(
          {evidence.file_of(placed.place), placed.place.line,
           fmt::format("{}: {} wrong elements; first: {}", row.name, *row.wrong, row.first_wrong)});
    }
  }
  for (auto& [who, finding] : by_rank) {
    findings.push_back(std::move(finding));
  }
}

}  // namespace

void judge_data(const Evidence& evidence, std::vector<core::Finding>& findings) {
  judge_pair_data(evidence, findings);
  judge_case_data(evidence, findings);
}

}  // namespace plumb::reports
