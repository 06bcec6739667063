#include "reports/judge_crossed.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <map>

#include "core/statistics.h"
#include "core/units.h"

namespace plumb::reports {
namespace {

constexpr std::size_t kLeastRows = 8;
constexpr double kSlowNeighbour = 0.85;  // of what neighbours usually get
constexpr double kSigmas = 6, kLeastNoise = 0.02;
constexpr double kLeastInPassing = 0.005, kMostInPassing = 0.02;  // share of rows that are slow for once
constexpr double kFalseBlames = 0.01;                             // expected number of innocent ends told in a run

using Ends = std::vector<std::uint32_t>;  // of Evidence::endpoints

/// Ends that nothing tells apart, and what is slow at them.
struct Slow {
  Ends ends;
  std::vector<LoadedRow> rows;
};

/// Rows between two ends that share a leaf, and no cable with anybody.
std::vector<LoadedRow> neighbours(const Evidence& evidence, const Places& places, const Load& load) {
  std::vector<LoadedRow> rows;
  std::ranges::copy_if(load.rows, std::back_inserter(rows), [&](const LoadedRow& row) {
    const auto& pair = evidence.pairs[row.pair];
    const auto from = places.leaf_of_endpoint(pair.src), to = places.leaf_of_endpoint(pair.dst);
    return !row.crosses && from != Places::kNowhere && from == to;
  });
  return rows;
}

std::vector<double> ratios_of(const Evidence& evidence, const std::vector<LoadedRow>& rows) {
  std::vector<double> ratios;
  std::ranges::transform(rows, std::back_inserter(ratios), [&](const auto& row) { return ratio_of(evidence, row); });
  return ratios;
}

using RowsByEnd = std::map<std::uint32_t, std::vector<LoadedRow>>;

/// Rows of each end, sent and received.
RowsByEnd rows_by_end(const Evidence& evidence, const std::vector<LoadedRow>& rows) {
  RowsByEnd by_end;
  for (const auto& row : rows) {
    by_end[evidence.pairs[row.pair].src].push_back(row);
    by_end[evidence.pairs[row.pair].dst].push_back(row);
  }
  return by_end;
}

/// The chance that so many of an end's rows are slow in passing, times the ends.
double expected_by_chance(std::size_t slow, std::size_t rows, double share, std::size_t ends) {
  const boost::math::binomial chance(static_cast<double>(rows), share);
  return boost::math::cdf(boost::math::complement(chance, static_cast<double>(slow) - 1)) * static_cast<double>(ends);
}

/// The end with most slow rows first, when these are too many for chance; what it explains is taken from its
/// neighbours. Ends with the same slow rows are not told apart.
std::vector<Slow> slow_ends(const Evidence& evidence, std::vector<LoadedRow> rows, double slow_below) {
  const auto is_slow = [&](const LoadedRow& row) { return ratio_of(evidence, row) < slow_below; };
  const auto all = rows_by_end(evidence, rows);
  const auto rows_in_all = static_cast<double>(rows.size());
  std::erase_if(rows, [&](const LoadedRow& row) { return !is_slow(row); });
  const double share = std::clamp(static_cast<double>(rows.size()) / rows_in_all, kLeastInPassing, kMostInPassing);
  std::vector<Slow> found;
  while (!rows.empty()) {
    const auto slow = rows_by_end(evidence, rows);
    const auto chance = [&](const auto& one) {
      return expected_by_chance(one.second.size(), all.at(one.first).size(), share, all.size());
    };
    const auto worst = std::ranges::min_element(slow, {}, chance);
    if (chance(*worst) >= kFalseBlames) {
      break;
    }
    Slow one{{worst->first}, worst->second};
    const auto goes = [&](const LoadedRow& row) {
      return evidence.pairs[row.pair].src == worst->first || evidence.pairs[row.pair].dst == worst->first;
    };
    for (const auto& [end, its] : slow) {
      if (end != worst->first && its.size() == worst->second.size() && std::ranges::all_of(its, goes) &&
          all.at(end).size() == its.size()) {
        one.ends.push_back(end);
      }
    }
    found.push_back(one);
    std::erase_if(rows, goes);
  }
  return found;
}

core::Finding finding_of(const Evidence& evidence, const topology::Graph& graph, const Places& places, const Ends& ends,
                         double slowdown) {
  core::Finding finding{.severity = core::Severity::fail, .kind = core::FindingKind::miswired};
  finding.slowdown = slowdown;
  for (const auto end : ends) {
    const auto hops = graph.hops(places.end_of[end]);
    finding.suspects.push_back(
        {std::string(graph.link_row(hops.front().link).id), 1.0 / static_cast<double>(ends.size())});
  }
  finding.title = fmt::format(
      "{}{} gets {} of what others get from a neighbour on the same leaf when all rails send, though it is fast alone: "
      "its traffic goes through the spine",
      evidence.endpoints[ends[0]], ends.size() > 1 ? " or " + evidence.endpoints[ends[1]] : "",
      core::format_percent(slowdown));
  finding.advice =
      "see where this cable really ends (plumb-topo discover, then check against the plan): it is likely exchanged "
      "with one on another leaf";
  return finding;
}

}  // namespace

double ratio_of(const Evidence& evidence, const LoadedRow& row) {
  return evidence.pairs[row.pair].bw_Bps / row.allowed_Bps;
}

void quote_slowest(const Evidence& evidence, std::vector<LoadedRow> rows, core::Finding& finding) {
  constexpr std::size_t kQuoted = 5;
  std::ranges::sort(rows, {}, [&](const LoadedRow& row) { return std::pair(ratio_of(evidence, row), row.pair); });
  for (std::size_t i = 0; i < std::min(kQuoted, rows.size()); ++i) {
    const auto& pair = evidence.pairs[rows[i].pair];
    finding.evidence.push_back(
        {evidence.file_of(pair.place), pair.place.line,
         fmt::format("{} to {}: {} while all rails sent; the map lets it have {} ({} of what it gets alone)",
                     evidence.endpoints[pair.src], evidence.endpoints[pair.dst], core::format_rate(pair.bw_Bps),
                     core::format_rate(rows[i].allowed_Bps), core::format_percent(rows[i].share))});
  }
}

void judge_crossed(const Evidence& evidence, const topology::Graph& graph, const Places& places, const Load& load,
                   core::Verdict& verdict) {
  const auto rows = neighbours(evidence, places, load);
  if (rows.size() < kLeastRows) {
    return;
  }
  const auto ratios = ratios_of(evidence, rows);
  const double usual = core::median(ratios), sigma = std::max(kLeastNoise, core::scaled_mad(ratios));
  const double slow = std::min(kSlowNeighbour * usual, usual - kSigmas * sigma);
  for (const auto& [ends, slow_rows] : slow_ends(evidence, rows, slow)) {
    auto finding = finding_of(evidence, graph, places, ends, core::median(ratios_of(evidence, slow_rows)) / usual);
    quote_slowest(evidence, slow_rows, finding);
    verdict.findings.push_back(std::move(finding));
  }
}

}  // namespace plumb::reports
