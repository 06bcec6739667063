// Which hosts must not take tenants, and how Slurm is told. Nothing here is run: it is text for people.
#pragma once

#include <string>
#include <vector>

#include "core/finding.h"

namespace plumb::reports {

struct DrainedHost {
  std::string host;
  std::vector<std::string> findings;  // ids, the gravest first
  core::FindingKind kind;             // of the gravest
};

/// Hosts of findings that fail and whose likeliest suspect is a host or part of one: its NIC, its GPU, its cable. Every
/// suspect of 10 % or more counts. A switch, or a cable between two, drains nobody. By name, "n2" before "n10".
std::vector<DrainedHost> hosts_to_drain(const core::Verdict& verdict);

/// "scontrol update nodename=n05 state=drain reason='plumbline F1 slow_link rack17'", safe in a shell; empty for a host
/// whose name is none that Slurm or a shell could be given.
std::string drain_command(const DrainedHost& drained, const std::string& run);

/// drain.txt: comments, then a host a line; comments alone when there is none.
std::string drain_text(const core::Verdict& verdict);

}  // namespace plumb::reports
