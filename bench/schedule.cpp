#include "bench/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>

#include "bench/agreed_error.h"

namespace plumb::bench {
namespace {

constexpr std::int64_t kNoMore = -1;

std::regex compiled(const std::string& filter) {
  try {
    return std::regex(filter, std::regex::extended | std::regex::nosubs);
  } catch (const std::regex_error& error) {
    throw core::UsageError(fmt::format("--benchmark_filter={}: not a regular expression: {}", filter, error.what()));
  }
}

/// The library ends the process on a file that it cannot write; the other ranks would wait for ever.
void require_writable(const std::string& path) {
  if (!path.empty() && !std::ofstream(path, std::ios::app)) {
    throw core::UsageError(
        fmt::format("--benchmark_out={}: cannot be written; name a file in a folder that is there", path));
  }
}

void follow(const std::vector<Case>& cases, const Ranks& ranks, const MeasureCase& measure) {
  for (std::int64_t index = ranks.broadcast(kNoMore); index != kNoMore; index = ranks.broadcast(kNoMore)) {
    measure(cases[static_cast<std::size_t>(index)]);
  }
}

}  // namespace

std::vector<Case> select_cases(const std::vector<Case>& cases, const std::string& filter) {
  if (filter.empty() || filter == "all") {
    return cases;
  }
  const bool wanted = filter.front() != '-';
  const std::regex expression = compiled(wanted ? filter : filter.substr(1));
  std::vector<Case> selected;
  std::copy_if(cases.begin(), cases.end(), std::back_inserter(selected),
               [&](const Case& one) { return std::regex_search(one.name(), expression) == wanted; });
  if (selected.empty()) {
    throw AgreedError(fmt::format("--benchmark_filter={} matches none of {} cases, such as {}; --benchmark_list_tests "
                                  "names them all",
                                  filter, cases.size(), cases.empty() ? "" : cases.front().name()),
                      core::ExitCode::nothing_measurable);
  }
  return selected;
}

void run_schedule(const std::vector<Case>& cases, const ScheduleOptions& options, const Ranks& ranks,
                  const MeasureCase& measure) {
  from_first_rank(ranks, [&] { return require_writable(options.out), std::string(); });
  if (!ranks.first()) {
    return follow(cases, ranks, measure);
  }
  lead_schedule(cases, options, [&](const Case& one) {
    (void)ranks.broadcast(&one - cases.data());
    return measure(one);
  });
  (void)ranks.broadcast(kNoMore);
}

}  // namespace plumb::bench
