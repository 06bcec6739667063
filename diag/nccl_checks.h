// What the facts of a job's logs mean, as rows of checks.nccl.csv.
#pragma once

#include <string>
#include <vector>

#include "core/rows.h"
#include "diag/nccl_facts.h"

namespace plumb::diag {

/// A row and the line that shows it: "job.log:12: Using network Socket".
struct NcclCheck {
  core::CheckRow row;
  std::string evidence;
  bool follows = false;  // of another error: told only where nothing else is
};
using NcclChecks = std::vector<NcclCheck>;

/// All of them: what is wrong first, then what was seen (status pass), then what could not be seen (absent).
NcclChecks check_nccl(NcclFacts& facts);
/// The same rows with their evidence in `observed`, as a run directory keeps them.
std::vector<core::CheckRow> rows_of(const NcclChecks& checks);

/// The parts of check_nccl.
void check_statements(NcclFacts& facts, NcclChecks& checks);
void check_network(NcclFacts& facts, NcclChecks& checks);
void check_nics(NcclFacts& facts, NcclChecks& checks);
void check_ranks(const NcclFacts& facts, NcclChecks& checks);
void check_watchdog(const NcclFacts& facts, NcclChecks& checks);
void check_troubles(const NcclFacts& facts, NcclChecks& checks);
void tell_what_was_seen(NcclFacts& facts, NcclChecks& checks);

/// "n01", of a row of checks.csv; empty for logs without host names, as what follows.
std::string host_cell(std::string_view host);
/// "host/n01".
std::string host_id(std::string_view host);
std::string nic_id(std::string_view host, std::string_view nic);
std::string gpu_id(std::string_view host, int device);
/// "3, 7, 9 and 5 more" of numbers in order.
std::string list_of(const std::vector<int>& numbers);
/// Names of "[0]mlx5_0:1/RoCE [1]mlx5_1:1/RoCE", in order.
std::vector<std::string> nic_names(std::string_view nics);
/// Each host that the log names, once, in order of name.
std::vector<std::string_view> hosts_of(const NcclFacts& facts);

}  // namespace plumb::diag
