#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <map>
#include <set>

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
  std::uint32_t run = 0, rank = 0;
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

/// A place on a host, which may have another number in each run; of a rank whose place is not known its run and number.
struct Seat {
  std::string_view host;
  std::uint32_t run = 0, number = 0;
  friend auto operator<=>(const Seat&, const Seat&) = default;
};
using LateRanks = std::map<Seat, std::vector<Case>>;

Seat seat_of(const Evidence& evidence, std::uint32_t run, std::uint32_t rank) {
  const auto* const place = evidence.place_of_rank(run, rank);
  return place == nullptr ? Seat{{}, run, rank} : Seat{evidence.words[place->host], 0, place->local_rank};
}

/// Adds to `late` the ranks of one case whose `offset` stands out from the others'.
void find_late(const Evidence& evidence, const CaseRanks& one, double p50_ns, const char* what,
               float RankTiming::*offset, std::uint32_t RankTiming::*count, LateRanks& late) {
  const auto is_often = [&](const RankTiming& rank) {
    return rank.samples > 0 && rank.*count >= kOften * rank.samples &&
           is_no_chance(rank.*count, rank.samples, one.ranks.size());
  };
  if (std::ranges::none_of(one.ranks, is_often)) {
    return;
  }
  std::vector<double> offsets;
  std::ranges::transform(one.ranks, std::back_inserter(offsets), offset);
  const double usual = core::median(offsets);
  const double spread = core::scaled_mad(offsets);
  for (const auto& rank : one.ranks) {
    const double excess = rank.*offset - usual;
    if (excess > std::max(kRelevant * p50_ns, 5 * spread) && is_often(rank)) {
      const auto says = fmt::format("{}: last to {} in {} of {} samples, {} behind the median rank",
                                    evidence.words[one.name], what, rank.*count, rank.samples, core::format_ns(excess));
      late[seat_of(evidence, one.run, rank.rank)].push_back(
          {one.run, rank.rank, says, {one.file, rank.line}, excess / p50_ns});
    }
  }
}

std::string title_of(const Seat& seat, const std::vector<Case>& cases) {
  std::set<std::uint32_t> runs;
  std::ranges::transform(cases, std::inserter(runs, runs.end()), &Case::run);
  const auto host = seat.host.empty() ? std::string_view("not known") : seat.host;
  return runs.size() == 1
             ? fmt::format("rank {} (host {}) keeps the others waiting in {} collective cases", cases.front().rank,
                           host, cases.size())
             : fmt::format("local rank {} of host {} keeps the others waiting in {} collective cases of {} runs",
                           seat.number, host, cases.size(), runs.size());
}

/// Quotes the clearest cases.
core::Finding finding_of(const Evidence& evidence, const Seat& seat, std::vector<Case> cases) {
  std::ranges::stable_sort(cases, std::ranges::greater(), &Case::share);
  core::Finding finding{.severity = core::Severity::warn, .kind = core::FindingKind::slow_host};
  finding.title = title_of(seat, cases);
  finding.suspects.push_back(
      {seat.host.empty() ? fmt::format("rank/{}", seat.number) : fmt::format("host/{}", seat.host), 1});
  for (std::size_t i = 0; i < cases.size() && i < kQuoted; ++i) {
    finding.evidence.push_back({evidence.file_of(cases[i].place), cases[i].place.line, cases[i].says});
  }
  finding.advice = "look at that host's CPU (governor, other load, interrupts) and, if pairs agree, its link";
  return finding;
}

}  // namespace

void judge_ranks(const Evidence& evidence, std::vector<core::Finding>& findings) {
  std::map<std::pair<std::size_t, std::string_view>, double> p50_ns;
  for (const auto& placed : evidence.cases) {
    p50_ns[{placed.run, placed.row.name}] = static_cast<double>(placed.row.p50_ns.value_or(0));
  }
  LateRanks late;
  for (const auto& one : evidence.rank_times) {
    const auto& name = evidence.words[one.name];
    if (const auto time = p50_ns.find({one.run, name});
        one.ranks.size() > 2 && time != p50_ns.end() && time->second > 0) {
      find_late(evidence, one, time->second, "arrive", &RankTiming::arrival_p50_ns, &RankTiming::last_to_arrive, late);
      find_late(evidence, one, time->second, "leave", &RankTiming::exit_p50_ns, &RankTiming::last_to_leave, late);
    }
  }
  for (auto& [seat, cases] : late) {
    if (cases.size() >= kCases) {
      findings.push_back(finding_of(evidence, seat, std::move(cases)));
    }
  }
}

}  // namespace plumb::reports
