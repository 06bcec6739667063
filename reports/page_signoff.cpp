// What someone signs: parts to act on with serial numbers and positions, and what was measured with which versions.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "reports/drain.h"
#include "reports/page_parts.h"

namespace plumb::reports {
namespace {

using core::Json;
using topology::Graph;
using topology::NodeIndex;

constexpr std::size_t kActs = 500, kVersions = 100;

/// Where somebody has to go, and what is printed on the part. All texts may be empty: not known.
struct Position {
  std::string model, serial, rack, host, port;
};

std::string joined(std::string_view a, std::string_view b, std::string_view between) {
  return a.empty() || b.empty() || a == b ? std::string(a.empty() ? b : a) : fmt::format("{}{}{}", a, between, b);
}

/// A NIC stands in the rack of its host.
std::string_view rack_of(const Graph& graph, NodeIndex node) {
  const auto host = graph.host_of(node);
  return !graph.row(node).rack.empty() || !host ? graph.row(node).rack : graph.row(*host).rack;
}

Position position_of(const Graph& graph, NodeIndex node) {
  const auto& row = graph.row(node);
  Position position{std::string(row.model), std::string(row.serial), std::string(rack_of(graph, node)),
                    row.host.empty() ? host_of(std::string(row.id)) : std::string(row.host), ""};
  const auto hops = graph.hops(node);
  if (hops.size() == 1) {
    const auto& link = graph.link_row(hops.front().link);
    position.port = link.a == row.id ? link.a_port : link.b_port;
  }
  position.port = joined(position.port.empty() ? "" : "port " + position.port,
                         row.pci.empty() ? "" : fmt::format("PCI {}", row.pci), ", ");
  return position;
}

/// Both ends: a cable has no serial number of its own, but those of what it is plugged into.
Position position_of(const Graph& graph, const core::LinkView& link) {
  Position position;
  for (const auto& [id, port] : {std::pair(link.a, link.a_port), std::pair(link.b, link.b_port)}) {
    if (const auto node = graph.find(id)) {
      const auto end = position_of(graph, *node);
      position.rack = joined(position.rack, end.rack, " – ");
      position.host = joined(position.host, end.host, " – ");
      position.serial = joined(position.serial, end.serial.empty() ? "" : fmt::format("{} ({})", end.serial, id), "; ");
    }
    position.port = joined(position.port, port.empty() ? std::string(id) : fmt::format("{} port {}", id, port), " – ");
  }
  return position;
}

Position position_of(const Graph& graph, const std::string& component) {
  if (const auto node = graph.find(component)) {
    return position_of(graph, *node);
  }
  if (const auto link = graph.find_link(component)) {
    return position_of(graph, graph.link_row(*link));
  }
  return {"", "", "", component.find("--") == std::string::npos ? host_of(component) : "", ""};
}

Json act(const core::Finding& finding, const Graph& graph) {
  const auto& suspect = finding.suspects.front();
  const auto at = position_of(graph, suspect.component);
  return {{"finding", finding.id},
          {"severity", core::name_of(finding.severity)},
          {"kind", core::name_of(finding.kind)},
          {"component", suspect.component},
          {"model", at.model},
          {"serial", at.serial},
          {"rack", at.rack},
          {"host", at.host},
          {"port", at.port},
          {"slowdown", finding.slowdown ? Json(*finding.slowdown) : Json(nullptr)},
          {"posterior", suspect.posterior},
          {"others", finding.suspects.size() - 1},
          {"advice", finding.advice}};
}

/// By what and version: on how many hosts, or of how many parts.
using Versions = std::map<std::pair<std::string, std::string>, std::size_t>;

void add_manifests(const Evidence& evidence, Versions& counts) {
  std::map<Versions::key_type, std::set<std::string_view>> versions;
  for (const auto& m : evidence.manifests) {
    const auto& where = m.host.empty() ? m.tool : m.host;
    versions[{m.tool, m.version}].insert(where);
    for (const auto& c : m.components) {
      versions[{c.name, c.version.empty() ? "absent: " + c.absent_because : c.version}].insert(where);
    }
  }
  for (const auto& [of, where] : versions) {
    counts[of] += where.size();
  }
}

void add_parts(const Graph& graph, Versions& counts) {
  using Which = std::tuple<std::string_view, std::string_view, std::string_view>;  // kind, model, version
  std::map<Which, std::size_t> drivers, firmwares;
  for (const auto& row : graph.rows()) {
    drivers[{row.kind, row.model, row.driver}] += row.driver.empty() ? 0 : 1;
    firmwares[{row.kind, row.model, row.firmware}] += row.firmware.empty() ? 0 : 1;
  }
  for (const auto& [known, word] : {std::pair(&drivers, " driver"), std::pair(&firmwares, " firmware")}) {
    for (const auto& [which, parts] : *known) {
      const auto& [kind, model, version] = which;
      if (parts > 0) {
        counts[{joined(kind, model, " ") + word, std::string(version)}] += parts;
      }
    }
  }
}

}  // namespace

Json page_acts(const core::Verdict& verdict, const Graph& graph) {
  Json acts = Json::array();
  for (const auto& finding : verdict.findings) {
    if (finding.severity != core::Severity::info && !finding.suspects.empty() && acts.size() < kActs) {
      acts.push_back(act(finding, graph));
    }
  }
  return acts;
}

Json page_drain(const core::Verdict& verdict) {
  Json hosts = Json::array();
  for (const auto& one : hosts_to_drain(verdict)) {
    hosts.push_back(one.host);
  }
  return hosts;
}

Json page_versions(const Evidence& evidence, const Graph& graph) {
  Versions versions;
  add_manifests(evidence, versions);
  add_parts(graph, versions);
  Json all = Json::array();
  for (const auto& [of, count] : versions) {
    if (all.size() < kVersions) {
      all.push_back({of.first, of.second, count});
    }
  }
  return all;
}

}  // namespace plumb::reports
