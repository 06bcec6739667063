#include "diag/nccl_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/terminal.h"
#include "core/text.h"
#include "diag/nccl_causes.h"

namespace plumb::diag {
namespace {

bool is_finding(const NcclCheck& check) { return check.row.is_fault(); }

std::string line(std::string_view name, std::string_view text) {
  return text.empty() ? "" : fmt::format("{:<11}{}\n", name, text);
}

std::string hosts_text(const NcclFacts& facts) {
  constexpr std::size_t kMost = 4;
  const auto hosts = hosts_of(facts);
  std::vector<std::string> shown;
  for (const auto host : hosts) {
    if (shown.size() < kMost) {
      shown.push_back(core::printable(host));
    }
  }
  return hosts.empty() ? "hosts that the log does not name"
                       : fmt::format("{} host{} ({}{})", hosts.size(), hosts.size() == 1 ? "" : "s",
                                     fmt::join(shown, ", "), hosts.size() > kMost ? ", …" : "");
}

const NcclCommunicator* largest(const NcclFacts& facts) {
  const auto found = std::ranges::max_element(facts.communicators, {}, &NcclCommunicator::ranks);
  return found == facts.communicators.end() ? nullptr : &*found;
}

std::string job_text(const NcclFacts& facts) {
  const auto* job = largest(facts);
  return job == nullptr ? hosts_text(facts) : fmt::format("{} ranks on {}", job->ranks, hosts_text(facts));
}

std::string init_text(const NcclFacts& facts) {
  std::size_t seen = 0, ended = 0;
  for (const auto& communicator : facts.communicators) {
    seen += communicator.members.size();
    ended += static_cast<std::size_t>(std::ranges::count_if(
        communicator.members, [](const auto& member) { return member.second.completed.line > 0; }));
  }
  return seen == 0 ? ""
                   : fmt::format("{} of {} ended ({} communicator{})", ended, seen, facts.communicators.size(),
                                 facts.communicators.size() == 1 ? "" : "s");
}

std::string log_text(const NcclFacts& facts, const InspectorReader& inspected) {
  auto text = fmt::format("{} file{}, {} lines: {} INFO, {} WARN", facts.files.size(),
                          facts.files.size() == 1 ? "" : "s", facts.lines, facts.info_lines, facts.warn_lines);
  return inspected.records() == 0 ? text : fmt::format("{}; {} records of the inspector", text, inspected.records());
}

/// "network", of "nccl_network".
std::string seen_text(const NcclChecks& checks) {
  constexpr std::string_view kPrefix = "nccl_";
  std::string text;
  for (const auto& check : checks) {
    if (check.row.status == "pass") {
      text += line(std::string_view(check.row.check).substr(kPrefix.size()), check.row.observed);
    }
  }
  return text;
}

std::string words_of(std::string check) {
  constexpr std::string_view kPrefix = "nccl_";
  check = check.starts_with(kPrefix) ? check.substr(kPrefix.size()) : check;
  std::ranges::replace(check, '_', ' ');
  return check;
}

std::string one_text(const NcclCheck& check) {
  const auto& row = check.row;
  std::string text = fmt::format("  {}{}{}\n", row.subject.empty() ? "" : row.subject + ": ", row.observed,
                                 row.expected.empty() ? "" : "; expected: " + row.expected);
  return check.evidence.empty() ? text : text + fmt::format("    {}\n", check.evidence);
}

/// Rows of one check and advice are one finding, of which the first few are shown.
std::string finding_text(const std::vector<const NcclCheck*>& rows, bool colour) {
  constexpr std::size_t kMost = 3;
  const auto& first = rows.front()->row;
  const bool is_fail = first.status == "fail";
  auto text = fmt::format(
      "\n{} {}{}\n", core::styled(is_fail ? "FAIL" : "WARN", is_fail ? core::Style::red : core::Style::yellow, colour),
      core::styled(words_of(first.check), core::Style::bold, colour),
      rows.size() > 1 ? fmt::format(" ({} times)", rows.size()) : "");
  for (std::size_t i = 0; i < std::min(kMost, rows.size()); ++i) {
    text += one_text(*rows[i]);
  }
  if (rows.size() > kMost) {
    text += fmt::format("  and {} more\n", rows.size() - kMost);
  }
  return text + fmt::format("  do: {}\n", first.advice);
}

std::string findings_text(const NcclChecks& checks, bool colour) {
  std::vector<std::vector<const NcclCheck*>> groups;
  for (const auto& check : checks) {
    if (!is_finding(check)) {
      continue;
    }
    const auto found = std::ranges::find_if(groups, [&](const auto& group) {
      const auto& row = group.front()->row;
      return row.check == check.row.check && row.advice == check.row.advice && row.status == check.row.status;
    });
    if (found == groups.end()) {
      groups.push_back({&check});
    } else {
      found->push_back(&check);
    }
  }
  std::string text;
  for (const auto& group : groups) {
    text += finding_text(group, colour);
  }
  return text;
}

std::vector<std::string> unseen(const NcclFacts& facts, const InspectorReader& inspected, const NcclChecks& checks) {
  std::vector<std::string> notes;
  const auto note = [&](bool is_unseen, std::string text) {
    if (is_unseen) {
      notes.push_back(std::move(text));
    }
  };
  const bool is_info = facts.info_lines > 0;
  const bool has_log = facts.info_lines + facts.warn_lines > 0;
  note(!is_info && has_log, "versions, ranks and transports: the log has no INFO lines (NCCL_DEBUG=INFO)");
  note(is_info && facts.ways.empty(), "transports: no Channel lines (NCCL_DEBUG_SUBSYS has to have INIT or NET)");
  note(is_info && facts.algorithms.empty(), "algorithms and protocols (NCCL_DEBUG_SUBSYS=…,TUNING; 2.22 and later)");
  const bool has_distance = std::ranges::any_of(facts.devices, [](const NcclDevice& one) {
    return *std::ranges::min_element(one.distance) != NcclDevice::kUnknown;
  });
  note(is_info && !has_distance, "how far NICs are from GPUs (NCCL_DEBUG_SUBSYS=…,NET,GRAPH)");
  if (const auto* job = largest(facts); job != nullptr && static_cast<int>(job->members.size()) < job->ranks) {
    notes.push_back(fmt::format("{} of {} ranks: their logs are not here",
                                job->ranks - static_cast<int>(job->members.size()), job->ranks));
  }
  note(facts.untold > 0, fmt::format("{} warnings beyond the first few thousand kinds", facts.untold));
  note(inspected.broken() > 0, fmt::format("{} lines of the inspector that are cut or no records", inspected.broken()));
  note(inspected.uncounted() > 0,
       fmt::format("{} records of the inspector (pairs, no time, or too many sizes)", inspected.uncounted()));
  note(inspected.records() == 0, "slow ranks: no records of the inspector (--inspector)");
  std::uint64_t followers = 0;
  for (const auto& [key, trouble] : facts.troubles) {
    followers += trouble.cause->follows ? trouble.count : 0;
  }
  const bool are_told = std::ranges::any_of(checks, [](const NcclCheck& one) { return one.follows; });
  note(followers > 0 && !are_told, fmt::format("warnings that only follow another error: {}", followers));
  return notes;
}

}  // namespace

std::size_t findings_in(const NcclChecks& checks) {
  return static_cast<std::size_t>(std::ranges::count_if(checks, is_finding));
}

std::string nccl_text(NcclFacts& facts, const InspectorReader& inspected, const NcclChecks& checks, bool colour) {
  auto text = line("job", job_text(facts)) + line("log", log_text(facts, inspected)) + line("init", init_text(facts)) +
              seen_text(checks) + findings_text(checks, colour);
  const auto notes = unseen(facts, inspected, checks);
  text += notes.empty() ? "" : "\nnot seen\n";
  for (const auto& note : notes) {
    text += fmt::format("  {}\n", note);
  }
  const auto failed =
      std::ranges::count(checks, "fail", [](const NcclCheck& one) { return std::string_view(one.row.status); });
  const auto findings = findings_in(checks);
  return text + (findings == 0
                     ? fmt::format("\n{}\n", core::styled("nothing wrong was found", core::Style::green, colour))
                     : fmt::format("\n{} finding{}: {} fail, {} warn\n", findings, findings == 1 ? "" : "s", failed,
                                   findings - static_cast<std::size_t>(failed)));
}

}  // namespace plumb::diag
