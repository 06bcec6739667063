#include "bench/case_result.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <set>

#include "bench/gathered_rows.h"
#include "core/statistics.h"

namespace plumb::bench {
namespace {

core::Integer whole(double value) { return std::llround(value); }

template <class Figure>
std::vector<double> figures(const std::vector<Sample>& samples, Figure figure) {
  std::vector<double> values;
  for (const auto& sample : samples) {
    if (sample.valid) {
      values.push_back(figure(sample));
    }
  }
  return values;
}

void fill_times(const CaseResult& result, core::CaseRow& row) {
  const auto& samples = result.measurement.samples;
  const auto costs = figures(samples, [](const Sample& s) { return s.cost_ns; });
  row.invalid = static_cast<core::Integer>(samples.size() - costs.size());
  if (costs.empty()) {
    row.status = "failed";
    row.reason = "no valid sample: in every round a rank was late at the start; use --sync barrier";
    return;
  }
  const auto summary = core::summarise(costs);
  row.samples = static_cast<core::Integer>(summary.samples);
  row.min_ns = whole(summary.min);
  row.p50_ns = whole(summary.p50);
  row.p95_ns = whole(summary.p95);
  row.p99_ns = whole(summary.p99);
  row.max_ns = whole(summary.max);
  row.mean_ns = whole(summary.mean);
  if (summary.ci95) {
    row.ci_low_ns = whole(summary.ci95->low);
    row.ci_high_ns = whole(summary.ci95->high);
  }
  row.drift = core::drift(costs);
  row.skew_p50_ns = whole(core::median(figures(samples, [](const Sample& s) { return s.skew_ns; })));
  if (const auto events = figures(samples, [](const Sample& s) { return s.event_ns; }); core::median(events) > 0) {
    row.event_p50_ns = whole(core::median(events));
  }
  if (summary.p50 > 0) {
    row.algbw_Bps = result.measured.algbw(summary.p50 * 1e-9);
    row.busbw_Bps = result.measured.busbw(summary.p50 * 1e-9);
    if (const auto factor = link_factor(result.measured, result.method)) {
      row.linkbw_Bps = *row.algbw_Bps * *factor;
    }
  }
  if (const int slowest = slowest_rank(samples, result.measured.ranks); slowest >= 0) {
    row.slowest_rank = slowest;
  }
}

/// What one rank tells rank 0 about a case; all doubles, to be gathered at once.
using RankFigures = std::array<double, 8>;

RankFigures own_figures(const Measurement& measurement, int rank) {
  RankFigures f{};
  std::vector<double> inside, arrival, leaving;
  for (std::size_t i = 0; i < measurement.own.size(); ++i) {
    if (measurement.samples[i].valid) {
      inside.push_back(measurement.own[i].inside_ns);
      arrival.push_back(measurement.own[i].arrival_ns);
      leaving.push_back(measurement.own[i].exit_ns);
      f[6] += measurement.samples[i].last_to_arrive == rank ? 1 : 0;
      f[7] += measurement.samples[i].last_to_leave == rank ? 1 : 0;
    }
  }
  f[0] = static_cast<double>(inside.size());
  if (!inside.empty()) {
    const auto summary = core::summarise(inside);
    f[1] = summary.p50;
    f[2] = summary.p99;
    f[3] = summary.max;
    f[4] = core::median(arrival);
    f[5] = core::median(leaving);
  }
  return f;
}

}  // namespace

Placement placement_of(const Ranks& ranks, const std::string& host, const std::string& gpu_model) {
  const auto hosts = ranks.gather_everywhere(host), models = ranks.gather_everywhere(gpu_model);
  const bool all_alike = std::ranges::adjacent_find(models, std::ranges::not_equal_to()) == models.end();
  return {.hosts = static_cast<int>(std::set(hosts.begin(), hosts.end()).size()),
          .gpu_model = all_alike ? gpu_model : ""};
}

core::CaseRow case_row(const CaseResult& result) {
  const Case& c = result.measured;
  core::CaseRow row;
  row.name = c.name();
  row.collective = c.collective->name;
  row.backend = c.backend;
  row.memory = c.memory;
  row.dtype = name_of(c.type);
  row.redop = c.redop_name();
  row.bytes = c.bytes();
  row.ranks = c.ranks;
  row.in_place = c.in_place ? 1 : 0;
  row.calls = c.calls;
  if (c.group >= 0) {
    row.group = c.group;
  }
  if (result.placement.hosts > 0) {
    row.hosts = result.placement.hosts;
  }
  row.gpu_model = result.placement.gpu_model;
  row.status = result.status;
  row.reason = result.reason;
  row.stop_reason = result.measurement.stop_reason;
  row.clock_error_ns = whole(result.clock_error_ns);
  row.algorithm = result.method.algorithm;
  row.protocol = result.method.protocol;
  if (result.method.channels > 0) {
    row.channels = result.method.channels;
  }
  if (result.verification.checked) {
    row.wrong = result.verification.wrong;
    row.first_wrong = result.verification.first_wrong;
  }
  if (result.status == "ok") {
    fill_times(result, row);
  }
  return row;
}

std::vector<core::SampleRow> sample_rows(const CaseResult& result) {
  std::vector<core::SampleRow> rows;
  const std::string name = result.measured.name();
  for (const auto& sample : result.measurement.samples) {
    if (sample.valid) {
      const int slowest = slowest_rank({sample}, result.measured.ranks);
      rows.push_back({name, 0, static_cast<core::Integer>(&sample - result.measurement.samples.data()),
                      whole(sample.longest_ns), whole(sample.shortest_ns),
                      slowest >= 0 ? core::MaybeInteger(slowest) : std::nullopt});
    }
  }
  return rows;
}

std::vector<core::RankTimeRow> rank_time_rows(const CaseResult& result, const RankGroups& groups) {
  const auto mine = own_figures(result.measurement, groups.own().rank());
  const auto all = groups.world().gather(std::span<const double>(mine));
  Case measured = result.measured;
  std::vector<core::RankTimeRow> rows;
  for (std::size_t at = 0; at + mine.size() <= all.size(); at += mine.size()) {
    const double* f = &all[at];
    measured.group = groups.group_of(static_cast<int>(rows.size()));
    core::RankTimeRow row{
        .case_name = measured.name(), .rank = static_cast<core::Integer>(rows.size()), .samples = whole(f[0])};
    if (row.samples > 0) {
      row.p50_ns = whole(f[1]);
      row.p99_ns = whole(f[2]);
      row.max_ns = whole(f[3]);
      row.arrival_p50_ns = whole(f[4]);
      row.exit_p50_ns = whole(f[5]);
      row.last_to_arrive = whole(f[6]);
      row.last_to_leave = whole(f[7]);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<core::ChannelTimeRow> channel_time_rows(const CaseResult& result, const RankGroups& groups) {
  std::vector<core::ChannelTimeRow> own;
  for (const auto& one : result.channels) {
    own.push_back({result.measured.name(), groups.world().rank(), one.channel, one.start_ns, one.stop_ns});
  }
  return gather_rows(groups.world(), own);
}

}  // namespace plumb::bench
