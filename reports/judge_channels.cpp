#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "core/statistics.h"
#include "core/units.h"
#include "reports/collective_cases.h"
#include "reports/judge.h"

namespace plumb::reports {
namespace {

constexpr double kLonger = 1.25;  // than the median channel of the rank
constexpr double kMost = 0.75;    // of the ranks
constexpr std::size_t kLeastChannels = 4;

using Times = std::vector<const Placed<core::ChannelTimeRow>*>;

double duration_ns(const Placed<core::ChannelTimeRow>* one) {
  return static_cast<double>(one->row.stop_ns - one->row.start_ns);
}

/// What the ranks say of one channel.
struct Channel {
  std::vector<double> factors;  // of the median channel's time, rank by rank
  std::size_t slow = 0;
  const Placed<core::ChannelTimeRow>* slowest = nullptr;

  [[nodiscard]] bool is_slow() const {
    return static_cast<double>(slow) >= kMost * static_cast<double>(factors.size());
  }
};

/// By number. A rank of few channels says nothing.
std::map<core::Integer, Channel> channels_of(const std::map<core::Integer, Times>& by_rank) {
  std::map<core::Integer, Channel> channels;
  for (const auto& [rank, times] : by_rank) {
    std::vector<double> durations;
    std::ranges::transform(times, std::back_inserter(durations), duration_ns);
    const double usual = core::median(durations);
    if (times.size() < kLeastChannels || usual <= 0) {
      continue;
    }
    for (const auto* one : times) {
      auto& channel = channels[one->row.channel];
      channel.factors.push_back(duration_ns(one) / usual);
      channel.slow += channel.factors.back() > kLonger ? 1 : 0;
      if (channel.slowest == nullptr || duration_ns(one) > duration_ns(channel.slowest)) {
        channel.slowest = one;
      }
    }
  }
  return channels;
}

core::Finding finding_of(const Evidence& evidence, const core::CaseRow& row,
                         const std::map<core::Integer, Channel>& channels, const std::vector<core::Integer>& slow) {
  core::Finding finding{.severity = core::Severity::warn, .kind = core::FindingKind::slow_under_load};
  double factor = 1;
  std::size_t ranks = 0, of = 0;
  for (const auto number : slow) {
    const auto& channel = channels.at(number);
    if (const double one = core::median(channel.factors); one > factor) {
      factor = one;
      ranks = channel.slow;
      of = channel.factors.size();
    }
    finding.evidence.push_back({evidence.file_of(channel.slowest->place), channel.slowest->place.line,
                                fmt::format("{}: channel {} of rank {}: {}", row.name, number,
                                            channel.slowest->row.rank, core::format_ns(duration_ns(channel.slowest)))});
  }
  finding.slowdown = 1 / factor;
  finding.title =
      fmt::format("NCCL channel{} {} of {} take{} {:.1f} times as long as the others, on {} of {} ranks, in {}",
                  slow.size() == 1 ? "" : "s", fmt::join(slow, ", "), channels.size(), slow.size() == 1 ? "s" : "",
                  factor, ranks, of, row.collective);
  finding.advice =
      "a channel has a way of its own: NCCL's log (nccl/ in the run directory) tells its NIC, as in "
      "'Channel 04/0 : … via NET/IB/2'; measure plumb-pairs on that rail, which names the part";
  return finding;
}

}  // namespace

void judge_channels(const Evidence& evidence, core::Verdict& verdict) {
  if (evidence.channel_times.empty()) {
    return;
  }
  std::map<std::pair<std::size_t, std::string_view>, std::map<core::Integer, Times>> by_case;
  for (const auto& placed : evidence.channel_times) {
    by_case[{placed.run, placed.row.case_name}][placed.row.rank].push_back(&placed);
  }
  using Key = std::tuple<std::size_t, std::string_view, core::MaybeInteger>;
  std::map<Key, const core::CaseRow*> largest;  // of a run, collective and group
  for (const auto& placed : evidence.cases) {
    const auto& row = placed.row;
    if (!tells_speed(row) || !tells_bandwidth(row) || !by_case.contains({placed.run, row.name})) {
      continue;
    }
    auto*& best = largest[{placed.run, row.collective, row.group}];
    best = best == nullptr || row.bytes > best->bytes ? &row : best;
  }
  for (const auto& [key, row] : largest) {
    const auto channels = channels_of(by_case.at({std::get<0>(key), row->name}));
    std::vector<core::Integer> slow;
    for (const auto& [number, channel] : channels) {
      if (channel.is_slow()) {
        slow.push_back(number);
      }
    }
    if (!slow.empty() && 2 * slow.size() < channels.size()) {
      verdict.findings.push_back(finding_of(evidence, *row, channels, slow));
    }
  }
}

}  // namespace plumb::reports
