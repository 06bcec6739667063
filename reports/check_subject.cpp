#include "reports/check_subject.h"

#include <algorithm>
#include <array>
#include <utility>

#include "reports/fabric.h"
#include "topology/subjects.h"

namespace plumb::reports {
namespace {

std::string without_port(const std::string& end) { return end.substr(0, end.find(':')); }

/// "host/n05" of "nic/n05/mlx5_0"; a switch is its own.
std::string whole_of(const std::string& node) {
  const auto host = host_of(node);
  return host.empty() ? node : "host/" + host;
}

void add(std::vector<std::string>& list, const std::string& id) {
  if (std::ranges::find(list, id) == list.end()) {
    list.push_back(id);
  }
}

/// A slow host may be slow for its NIC or its only cable; a slow switch is not slow for one cable.
CheckSubject subject_with(const std::string& component, const std::vector<std::string>& nodes) {
  CheckSubject subject{{component}, {}, {component}};
  for (const auto& node : nodes) {
    add(subject.nodes, whole_of(node));
  }
  for (const auto& node : nodes) {
    if (!host_of(node).empty()) {
      add(subject.parts, node);
      add(subject.parts, whole_of(node));
    }
  }
  return subject;
}

}  // namespace

/// Names of nodes may have colons, too. An index of all ports would hold millions for the few that rows are about.
std::optional<topology::LinkIndex> CheckSubjects::cable_in(const std::string& port) {
  if (const auto known = cables_.find(port); known != cables_.end()) {
    return known->second;
  }
  std::optional<topology::LinkIndex> first;
  for (auto at = port.find(':'); at != std::string::npos; at = port.find(':', at + 1)) {
    const auto node = graph_.find(std::string_view(port).substr(0, at));
    const auto name = std::string_view(port).substr(at + 1);
    for (const auto& hop : node ? graph_.hops(*node) : std::span<const topology::Hop>()) {
      const auto& link = graph_.link(hop.link);
      const auto& row = graph_.link_row(hop.link);
      const bool is_in = (link.a == *node && row.a_port == name) || (link.b == *node && row.b_port == name);
      if (is_in && !name.empty()) {
        first = std::min(first.value_or(hop.link), hop.link);
      }
    }
  }
  if (first) {
    cables_.emplace(port, *first);
  }
  return first;
}

CheckSubject CheckSubjects::of(const std::string& subject) {
  CheckSubject all;
  for (const auto& id : topology::ids_in(subject)) {
    const auto one = of_one(id);
    std::ranges::for_each(one.components, [&](const auto& component) { add(all.components, component); });
    std::ranges::for_each(one.nodes, [&](const auto& node) { add(all.nodes, node); });
    std::ranges::for_each(one.parts, [&](const auto& part) { add(all.parts, part); });
  }
  return all;
}

CheckSubject CheckSubjects::of_one(const std::string& subject) {
  if (const auto ends = graph_.find(subject) ? std::nullopt : topology::ends_in(subject)) {
    return subject_with(subject, {without_port(ends->first), without_port(ends->second)});
  }
  const auto node = without_port(subject);
  if (node == subject) {
    return subject_with(subject, {subject});
  }
  if (const auto cable = cable_in(subject)) {
    const auto& row = graph_.link_row(*cable);
    return subject_with(std::string(row.id), {std::string(row.a), std::string(row.b)});
  }
  return subject_with(node, {node});
}

}  // namespace plumb::reports
