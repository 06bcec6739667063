#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <map>

#include "core/statistics.h"
#include "core/units.h"
#include "reports/judge.h"

namespace plumb::reports {
namespace {

constexpr double kFalseBlamesOfRanks = 0.01;  // expected number of innocent ranks named in a run
constexpr double kOften = 0.5;                // of the samples
constexpr double kRelevant = 0.2;             // of the case's median time
constexpr std::size_t kCases = 3;             // that have to agree
constexpr std::size_t kQuoted = 5;

/// Evidence against one rank, over cases.
struct Case {
  std::string name;
  std::string says;
  Place place;
  double share = 0;  // of the others' time
};

/// True when so many of `samples` fall on one of `ranks` equal ranks too seldom by chance.
bool is_no_chance(std::int64_t count, std::int64_t samples, std::size_t ranks) {
  const boost::math::binomial chance(static_cast<double>(samples), 1.0 / static_cast<double>(ranks));
  const double p = count > 0 ? boost::math::cdf(boost::math::complement(chance, static_cast<double>(count - 1))) : 1;
  return p * static_cast<double>(ranks) < kFalseBlamesOfRanks;
}

using CaseRanks = std::vector<const Placed<core::RankTimeRow>*>;

/// Adds to `late` the ranks of one case whose `offset` stands out from the others'.
template <class Offset, class Count>
void find_late(const CaseRanks& rows, double p50_ns, const char* what, Offset offset, Count count,
               std::map<std::pair<std::size_t, core::Integer>, std::vector<Case>>& late) {
  std::vector<double> offsets;
  for (const auto* placed : rows) {
    offsets.push_back(static_cast<double>(offset(placed->row).value_or(0)));
  }
  const double usual = core::median(offsets);
  const double spread = core::scaled_mad(offsets);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& row = rows[i]->row;
    const auto often = count(row).value_or(0);
    const double excess = offsets[i] - usual;
    if (row.samples > 0 && static_cast<double>(often) >= kOften * static_cast<double>(row.samples) &&
        excess > std::max(kRelevant * p50_ns, 5 * spread) && is_no_chance(often, row.samples, rows.size())) {
      late[{rows[i]->run, row.rank}].push_back(
          {row.case_name,
           fmt::format("{}: last to {} in {} of {} samples, {} behind the median rank", row.case_name, what, often,
                       row.samples, core::format_ns(excess)),
           rows[i]->place, excess / p50_ns});
    }
  }
}

core::Finding finding_of(const Evidence& evidence, std::size_t run, core::Integer rank,
                         const std::vector<Case>& cases) {
  const auto host = evidence.host_of_rank(run, rank);
  core::Finding finding{.severity = core::Severity::warn, .kind = core::FindingKind::slow_host};
  finding.title = fmt::format("rank {} (host {}) keeps the others waiting in {} collective cases", rank,
                              host.empty() ? "not known" : host, cases.size());
  finding.suspects.push_back({host.empty() ? fmt::format("rank/{}", rank) : "host/" + host, 1});
  for (std::size_t i = 0; i < cases.size() && i < kQuoted; ++i) {
    finding.evidence.push_back({evidence.file_of(cases[i].place), cases[i].place.line, cases[i].says});
  }
  finding.advice = "look at that host's CPU (governor, other load, interrupts) and, if pairs agree, its link";
  return finding;
}

}  // namespace

void judge_ranks(const Evidence& evidence, std::vector<core::Finding>& findings) {
  std::map<std::pair<std::size_t, std::string>, double> p50;
  for (const auto& placed : evidence.cases) {
    p50[{placed.run, placed.row.name}] = static_cast<double>(placed.row.p50_ns.value_or(0));
  }
  std::map<std::pair<std::size_t, std::string>, CaseRanks> by_case;
  for (const auto& placed : evidence.rank_times) {
    by_case[{placed.run, placed.row.case_name}].push_back(&placed);
  }
  std::map<std::pair<std::size_t, core::Integer>, std::vector<Case>> late;
  for (const auto& [key, rows] : by_case) {
    if (rows.size() > 2 && p50[key] > 0) {
      using Row = core::RankTimeRow;
      find_late(
          rows, p50[key], "arrive", [](const Row& r) { return r.arrival_p50_ns; },
          [](const Row& r) { return r.last_to_arrive; }, late);
      find_late(
          rows, p50[key], "leave", [](const Row& r) { return r.exit_p50_ns; },
          [](const Row& r) { return r.last_to_leave; }, late);
    }
  }
  for (const auto& [who, cases] : late) {
    if (cases.size() >= kCases) {
      findings.push_back(finding_of(evidence, who.first, who.second, cases));
    }
  }
}

}  // namespace plumb::reports
