#include <algorithm>
#include <map>
#include <set>

#include "reports/derived_checks.h"

namespace plumb::reports {
namespace {

constexpr std::size_t kLeastHosts = 3;
constexpr std::string_view kCheck = "port_state";

std::string_view name_in(std::string_view nic) { return nic.substr(nic.rfind('/') + 1); }

/// "nic/n05/mlx" of "nic/n05/mlx5_4": NICs that the plan would name alike.
std::string_view style_of(std::string_view nic) {
  const auto name = name_in(nic);
  const auto letters = std::min(name.find_first_of("0123456789_"), name.size());
  return nic.substr(0, nic.size() - name.size() + letters);
}

bool is_down(const CheckSource& source) { return source.row.check == kCheck && source.row.is_fault(); }

struct Planned {
  std::set<std::string_view> nics, styles;
};

Planned planned_in(const topology::Graph& graph) {
  Planned planned;
  for (topology::LinkIndex i = 0; i < graph.link_count(); ++i) {
    const auto& ends = graph.link(i);
    if (ends.kind != topology::LinkKind::cable || graph.link_row(i).source.find("plan") == std::string_view::npos) {
      continue;
    }
    for (const auto end : {ends.a, ends.b}) {
      if (graph.kind(end) == topology::NodeKind::nic) {
        planned.nics.insert(graph.row(end).id);
        planned.styles.insert(style_of(graph.row(end).id));
      }
    }
  }
  return planned;
}

/// Names of NICs that are down on each of the hosts.
std::set<std::string, std::less<>> down_everywhere(const std::vector<CheckSource>& rows, std::size_t hosts) {
  std::map<std::string_view, std::set<std::string_view>> by_name;
  for (const auto& source : rows) {
    if (is_down(source)) {
      by_name[name_in(source.row.subject)].insert(source.row.host);
    }
  }
  std::set<std::string, std::less<>> names;
  for (const auto& [name, down] : by_name) {
    if (hosts >= kLeastHosts && down.size() >= hosts) {
      names.emplace(name);
    }
  }
  return names;
}

}  // namespace

void hold_ports_against_plan(const topology::Graph& graph, std::size_t hosts, std::vector<CheckSource>& rows) {
  if (std::ranges::none_of(rows, is_down)) {
    return;
  }
  const auto planned = planned_in(graph);
  std::erase_if(rows, [&](const CheckSource& source) {
    return is_down(source) && !planned.nics.contains(source.row.subject) &&
           planned.styles.contains(style_of(source.row.subject));
  });
  const auto everywhere = down_everywhere(rows, hosts);
  for (auto& source : rows) {
    auto& row = source.row;
    if (is_down(source) && planned.nics.contains(row.subject)) {
      row.status = "fail";
      row.expected += "; the plan has a cable here";
    } else if (is_down(source) && everywhere.contains(name_in(row.subject))) {
      row.status = "warn";
      row.advice =
          "down on every host: nobody cabled these (then a plan without them ends this warning), or their switches are "
          "off";
    }
  }
}

}  // namespace plumb::reports
