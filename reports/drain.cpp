#include "reports/drain.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/text.h"
#include "reports/fabric.h"
#include "topology/roles.h"
#include "topology/subjects.h"

namespace plumb::reports {
namespace {

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

/// What scripts/launch.sh takes for a host name, too.
bool is_host_name(const std::string& name) {
  return !name.empty() && name.size() <= 253 && std::ranges::all_of(name, is_plain) && name.find_first_of(".-_") != 0 &&
         name.find_last_of(".-_") != name.size() - 1;
}

/// "n05" of "host/n05", and of "nic/n05/mlx5_0:1", an end of a cable.
std::string host_at(const std::string& end) {
  const auto port = end.rfind(':');
  return host_of(port != std::string::npos && port > end.rfind('/') ? end.substr(0, port) : end);
}

std::vector<std::string> hosts_of(const std::string& component) {
  const auto ends = topology::ends_in(component);
  return ends ? std::vector{host_at(ends->first), host_at(ends->second)} : std::vector{host_of(component)};
}

bool is_at_host(const std::string& component) {
  return std::ranges::any_of(hosts_of(component), [](const auto& host) { return !host.empty(); });
}

std::set<std::string> drained_by(const core::Finding& finding) {
  std::set<std::string> hosts;
  const auto likeliest = std::ranges::max_element(finding.suspects, {}, &core::SuspectedPart::posterior);
  if (finding.severity != core::Severity::fail || likeliest == finding.suspects.end() ||
      !is_at_host(likeliest->component)) {
    return hosts;
  }
  for (const auto& suspect : finding.suspects) {
    if (suspect.posterior >= core::kSuspectFrom || &suspect == &*likeliest) {
      const auto of_suspect = hosts_of(suspect.component);
      hosts.insert(of_suspect.begin(), of_suspect.end());
    }
  }
  hosts.erase("");
  return hosts;
}

}  // namespace

std::vector<DrainedHost> hosts_to_drain(const core::Verdict& verdict) {
  std::map<std::string, DrainedHost> drained;
  for (const auto& finding : verdict.findings) {
    for (const auto& host : drained_by(finding)) {
      drained.try_emplace(host, DrainedHost{host, {}, finding.kind}).first->second.findings.push_back(finding.id);
    }
  }
  std::vector<DrainedHost> all;
  std::ranges::transform(drained, std::back_inserter(all), [](auto& entry) { return std::move(entry.second); });
  std::ranges::stable_sort(all, [](const auto& a, const auto& b) { return topology::natural_less(a.host, b.host); });
  return all;
}

std::string drain_command(const DrainedHost& drained, const std::string& run) {
  if (!is_host_name(drained.host)) {
    return "";
  }
  std::string named = run;
  std::ranges::replace_if(
      named, [](char c) { return !is_plain(c); }, '_');
  return fmt::format("scontrol update nodename={} state=drain reason='plumbline {} {} {}'", drained.host,
                     drained.findings.front(), core::name_of(drained.kind), named);
}

std::string drain_text(const core::Verdict& verdict) {
  const auto drained = hosts_to_drain(verdict);
  auto text = fmt::format(
      "# Hosts that must not take tenants: those of findings that fail on a host, its NICs, its GPUs or its cables.\n"
      "# run {}, verdict {}, {} host{}. Written by plumb-report; findings.json says why.\n",
      core::printable(verdict.run), core::name_of(verdict.kind), drained.size(), drained.size() == 1 ? "" : "s");
  for (const auto& one : drained) {
    text += is_host_name(one.host) ? one.host + "\n" : fmt::format("# no host name: {}\n", core::printable(one.host));
  }
  return text;
}

}  // namespace plumb::reports
