#include "diag/nccl_checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <span>

#include "core/text.h"
#include "diag/nccl_causes.h"

namespace plumb::diag {
namespace {

int weight(const NcclCheck& check) {
  const auto& status = check.row.status;
  return status == "fail" ? 0 : status == "warn" ? 1 : status == "pass" ? 2 : 3;
}

std::string subject_of(const NcclFacts& facts, const NcclTrouble& trouble) {
  if (!trouble.part.empty() && !trouble.host.empty()) {
    return nic_id(trouble.host, trouble.part);
  }
  const int device = trouble.devices.size() == 1 ? facts.devices[trouble.devices.front()].device : -1;
  const bool is_of_gpu = trouble.cause->check.starts_with("nccl_gpu") || trouble.cause->check.starts_with("nccl_cuda");
  return is_of_gpu && device >= 0 ? gpu_id(trouble.host, device) : host_id(trouble.host);
}

std::string observed_of(const NcclFacts& facts, const NcclTrouble& trouble) {
  std::set<int> ranks;
  for (const auto device : trouble.devices) {
    ranks.insert(facts.devices[device].rank);
  }
  ranks.erase(-1);
  const bool is_more = trouble.devices.size() == NcclTrouble::kNamed;
  const auto whom = ranks.empty() ? ""
                                  : fmt::format(", rank{} {}{}", ranks.size() == 1 ? "" : "s", fmt::join(ranks, ", "),
                                                is_more ? ", …" : "");
  const auto what = trouble.cause->is_known ? std::string(trouble.cause->what) : trouble.text;
  return trouble.count == 1 ? what + whom : fmt::format("{} ({} times{})", what, trouble.count, whom);
}

void add_seen(NcclChecks& checks, std::string check, std::string observed) {
  if (!observed.empty()) {
    checks.push_back({{.check = std::move(check), .status = "pass", .observed = std::move(observed)}, ""});
  }
}

/// What the processes said under a name, each value once with the number of processes.
std::string said_by_processes(NcclFacts& facts, std::string_view name) {
  constexpr std::size_t kMost = 4;
  std::map<Words::Id, int> count;
  for (const auto& process : facts.processes) {
    if (const auto* said = facts.find(process, name)) {
      ++count[said->value];
    }
  }
  std::vector<std::string> values;
  for (const auto& [value, processes] : count) {
    if (values.size() < kMost) {
      const auto text = core::printable(facts.words[value]);
      values.push_back(count.size() == 1 ? text : fmt::format("{} ({} processes)", text, processes));
    }
  }
  return fmt::format("{}{}", fmt::join(values, "; "), count.size() > kMost ? "; …" : "");
}

}  // namespace

std::string host_cell(std::string_view host) { return host.empty() ? "" : core::file_name_part(host); }
std::string host_id(std::string_view host) { return host.empty() ? "" : "host/" + core::file_name_part(host); }
std::string nic_id(std::string_view host, std::string_view nic) {
  return fmt::format("nic/{}/{}", core::file_name_part(host), nic);
}
std::string gpu_id(std::string_view host, int device) {
  return host.empty() ? "" : fmt::format("gpu/{}/{}", core::file_name_part(host), device);
}

std::string list_of(const std::vector<int>& numbers) {
  constexpr std::size_t kMost = 8;
  const std::span shown(numbers.data(), std::min(numbers.size(), kMost));
  return numbers.size() > kMost ? fmt::format("{} and {} more", fmt::join(shown, ", "), numbers.size() - kMost)
                                : fmt::format("{}", fmt::join(shown, ", "));
}

std::vector<std::string> nic_names(std::string_view nics) {
  std::vector<std::string> names;
  for (auto at = nics.find('['); at != std::string_view::npos; at = nics.find('[', at + 1)) {
    const auto close = nics.find(']', at);
    const auto word = close == std::string_view::npos ? "" : nics.substr(close + 1);
    names.push_back(core::file_name_part(word.substr(0, word.find(':'))));
  }
  return names;
}

std::vector<std::string_view> hosts_of(const NcclFacts& facts) {
  std::set<std::string_view> hosts;
  for (const auto& process : facts.processes) {
    if (!process.host.empty()) {
      hosts.insert(process.host);
    }
  }
  return {hosts.begin(), hosts.end()};
}

void check_troubles(const NcclFacts& facts, NcclChecks& checks) {
  for (const auto& [key, trouble] : facts.troubles) {
    const auto& cause = *trouble.cause;
    checks.push_back({{host_cell(trouble.host), subject_of(facts, trouble), std::string(cause.check),
                       std::string(cause.status), observed_of(facts, trouble), "", std::string(cause.advice)},
                      fmt::format("{}: {}", facts.where(trouble.place), trouble.text),
                      cause.follows});
  }
}

void tell_what_was_seen(NcclFacts& facts, NcclChecks& checks) {
  const auto version = said_by_processes(facts, "version");
  add_seen(checks, "nccl_version", version.empty() ? facts.version : version);
  add_seen(checks, "nccl_driver", said_by_processes(facts, "driver"));
  add_seen(checks, "nccl_network", said_by_processes(facts, "network"));
  add_seen(checks, "nccl_nics", said_by_processes(facts, "nics"));
  add_seen(checks, "nccl_nvls", said_by_processes(facts, "nvls"));
  add_seen(checks, "nccl_channels", said_by_processes(facts, "channels"));
  std::vector<std::string> ways, algorithms;
  for (const auto& [way, count] : facts.ways) {
    ways.push_back(fmt::format("{} {}", core::printable(facts.words[way]), count));
  }
  for (const auto& [algorithm, count] : facts.algorithms) {
    algorithms.push_back(fmt::format("{} {}", algorithm, count));
  }
  add_seen(checks, "nccl_transports", fmt::format("{}", fmt::join(ways, "; ")));
  add_seen(checks, "nccl_algorithms", fmt::format("{}", fmt::join(algorithms, "; ")));
  if (facts.info_lines == 0) {
    checks.push_back({{.check = "nccl_log",
                       .status = "absent",
                       .observed = "only warnings: versions, transports and ranks are not in the log",
                       .expected = "NCCL_DEBUG=INFO",
                       .advice = "run again with NCCL_DEBUG=INFO"},
                      ""});
  }
}

NcclChecks check_nccl(NcclFacts& facts) {
  NcclChecks checks;
  check_troubles(facts, checks);
  check_watchdog(facts, checks);
  check_ranks(facts, checks);
  check_network(facts, checks);
  check_nics(facts, checks);
  check_statements(facts, checks);
  const bool has_cause =
      std::ranges::any_of(checks, [](const NcclCheck& one) { return !one.follows && one.row.status == "fail"; });
  if (has_cause) {
    std::erase_if(checks, [](const NcclCheck& one) { return one.follows; });
  }
  std::ranges::stable_sort(checks, {}, weight);
  tell_what_was_seen(facts, checks);
  return checks;
}

std::vector<core::CheckRow> rows_of(const NcclChecks& checks) {
  std::vector<core::CheckRow> rows;
  for (const auto& check : checks) {
    rows.push_back(check.row);
    if (!check.evidence.empty()) {
      rows.back().observed += fmt::format(" ({})", check.evidence);
    }
  }
  return rows;
}

}  // namespace plumb::diag
