#include "reports/check_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>

namespace plumb::reports {
namespace {

using core::FindingKind;

constexpr std::size_t kTitle = 100;  // characters

struct Meaning {
  std::string_view check;  // begins with it
  FindingKind kind;
};

/// The first that fits.
constexpr std::array kMeanings{
    Meaning{"pcie_read_request", FindingKind::config},
    Meaning{"pcie_relaxed_ordering", FindingKind::config},
    Meaning{"pcie_acs", FindingKind::config},
    Meaning{"pcie_errors", FindingKind::errors_on_link},
    Meaning{"link_flaps", FindingKind::errors_on_link},
    Meaning{"log_nic", FindingKind::errors_on_link},
    Meaning{"log_pcie", FindingKind::errors_on_link},
    Meaning{"port_state", FindingKind::downgraded_link},
    Meaning{"nvlinks", FindingKind::downgraded_link},
    Meaning{"xid", FindingKind::slow_gpu},
    Meaning{"log_gpu", FindingKind::slow_gpu},
    Meaning{"gpu_direct", FindingKind::config},
    Meaning{"gpu_nic_affinity", FindingKind::config},
    Meaning{"cable_slower", FindingKind::downgraded_link},
    Meaning{"cable", FindingKind::miswired},
    Meaning{"node_missing", FindingKind::miswired},
    Meaning{"node_extra", FindingKind::miswired},
    Meaning{"rail_mismatch", FindingKind::miswired},
    Meaning{"tier", FindingKind::miswired},
    Meaning{"uplinks", FindingKind::miswired},
    Meaning{"symmetry", FindingKind::miswired},
    Meaning{"link_", FindingKind::downgraded_link},
    Meaning{"pcie_", FindingKind::downgraded_link},
    Meaning{"gpu_wrong", FindingKind::wrong_data},
    Meaning{"gpu_", FindingKind::slow_gpu},
    Meaning{"errors", FindingKind::errors_on_link},
    Meaning{"counter_", FindingKind::errors_on_link},
    Meaning{"nccl_net_", FindingKind::errors_on_link},
    Meaning{"nccl_nic_speed", FindingKind::downgraded_link},
    Meaning{"nccl_hung_", FindingKind::hung_rank},
    Meaning{"nccl_late_", FindingKind::slow_host},
    Meaning{"nccl_slow_", FindingKind::slow_host},
};

std::string words_of(std::string check) {
  std::ranges::replace(check, '_', ' ');
  return check;
}

std::string_view complaint(FindingKind kind) {
  return kind == FindingKind::miswired          ? "not cabled as planned"
         : kind == FindingKind::downgraded_link ? "slower than they should be"
         : kind == FindingKind::errors_on_link  ? "with errors"
         : kind == FindingKind::slow_gpu        ? "slower than they should be"
                                                : "not as they should be";
}

}  // namespace

FindingKind kind_of_check(std::string_view check) {
  const auto meaning =
      std::ranges::find_if(kMeanings, [&](const Meaning& one) { return check.starts_with(one.check); });
  return meaning == kMeanings.end() ? FindingKind::config : meaning->kind;
}

std::string says(const core::CheckRow& row) {
  const auto separator = row.observed.find(';') == std::string::npos ? ", expected " : "; expected: ";
  return row.expected.empty() ? row.observed : row.observed + separator + row.expected;
}

std::string title_of(const core::CheckRow& row) {
  const bool is_miswired = kind_of_check(row.check) == FindingKind::miswired;
  const auto subject =
      row.subject.empty() || (is_miswired && row.check.starts_with("cable_")) ? "" : row.subject + ": ";
  if (row.check.starts_with("differs_")) {  // the evidence names the hosts
    return fmt::format("{}: {}", words_of(row.check.substr(std::string_view("differs_").size())), says(row));
  }
  const bool is_long = row.observed.size() + row.expected.size() > kTitle;  // the evidence has it all
  return fmt::format("{}{}: {}", subject, words_of(row.check), is_long ? row.observed : says(row));
}

std::string title_of(const std::string& node, FindingKind kind, std::size_t parts,
                     const std::vector<const core::CheckRow*>& rows) {
  std::map<std::string, std::size_t> number;
  for (const auto* row : rows) {
    ++number[words_of(row->check)];
  }
  std::vector<std::pair<std::size_t, std::string>> checks;
  for (const auto& [check, count] : number) {
    checks.emplace_back(count, check);
  }
  std::ranges::stable_sort(checks, std::ranges::greater(), [](const auto& one) { return one.first; });
  std::vector<std::string> texts;
  for (const auto& [count, check] : checks) {
    texts.push_back(fmt::format("{} {}", count, check));
  }
  return fmt::format("{}: {} parts {} ({})", node, parts, complaint(kind), fmt::join(texts, ", "));
}

std::string title_of_alike(const std::string& hosts, const core::CheckRow& first, bool all_say_so) {
  return fmt::format("{}: {}: {}{}", hosts, words_of(first.check), all_say_so ? "" : "such as " + first.subject + ": ",
                     says(first));
}

}  // namespace plumb::reports
