#include "topology/map_text.h"

#include <fmt/format.h>

#include <array>
#include <map>
#include <set>

#include "core/terminal.h"
#include "core/text.h"
#include "core/units.h"
#include "topology/map_words.h"

namespace plumb::topology {
namespace {

constexpr std::size_t kHostsListed = 4;

std::string cables(const Graph& graph) {
  std::map<std::tuple<std::string, std::string, double>, std::size_t> classes;
  for (LinkIndex i = 0; i < graph.link_count(); ++i) {
    if (graph.link(i).kind == LinkKind::cable) {
      auto a = class_of(graph, graph.link(i).a), b = class_of(graph, graph.link(i).b);
      if (b < a) {
        a.swap(b);
      }
      ++classes[{a, b, graph.link_row(i).rate_Bps.value_or(0)}];
    }
  }
  core::Table table({{"cables"}, {"between"}, {"and"}, {"line rate", true}, {"number", true}});
  for (const auto& [key, number] : classes) {
    const auto& [a, b, rate] = key;
    table.add({"", a, b, rate > 0 ? core::format_line_rate(rate) : "not known", std::to_string(number)});
  }
  return table.empty() ? "no cables are known: give --plan links.csv, or a source that sees the network\n"
                       : table.text();
}

std::string devices(const Graph& graph, NodeIndex host) {
  const auto known = [](const auto& value) { return value ? std::to_string(*value) : std::string("-"); };
  const auto or_dash = [](std::string_view text) { return std::string(text.empty() ? "-" : text); };
  core::Table table({{"device"},
                     {"kind"},
                     {"rail", true},
                     {"NUMA", true},
                     {"PCI"},
                     {"line rate", true},
                     {"state"},
                     {"driver"},
                     {"model"}});
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    const auto& row = graph.row(n);
    if (n != host && graph.host_of(n) == host) {
      table.add({std::string(row.name), std::string(row.kind), known(row.rail), known(row.numa), or_dash(row.pci),
                 row.rate_Bps ? core::format_line_rate(*row.rate_Bps) : "-", or_dash(row.state), or_dash(row.driver),
                 or_dash(row.model)});
    }
  }
  const auto& row = graph.row(host);
  const auto title = fmt::format("host {}{}{}\n", core::printable(row.name), row.model.empty() ? "" : ": ",
                                 core::printable(row.model));
  return title + (table.empty() ? "  no NIC or GPU on its PCI bus\n" : table.text("  "));
}

}  // namespace

std::string totals_text(const Graph& graph) {
  std::array<std::size_t, 5> nodes{};
  std::set<core::Integer> rails;
  std::set<std::string> pods;
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    ++nodes[static_cast<std::size_t>(graph.kind(n))];
    if (const auto& row = graph.row(n); graph.kind(n) == NodeKind::nic && row.rail) {
      rails.insert(*row.rail);
    }
    if (const auto& pod = graph.row(n).pod; !pod.empty()) {
      pods.emplace(pod);
    }
  }
  const auto count = [&](NodeKind kind) { return nodes[static_cast<std::size_t>(kind)]; };
  auto text = fmt::format("{}, {}", counted(count(NodeKind::host), "host"), counted(count(NodeKind::nic), "NIC"));
  text += rails.size() > 1 ? fmt::format(" on {} rails", rails.size()) : "";
  text += count(NodeKind::gpu) > 0 ? ", " + counted(count(NodeKind::gpu), "GPU") : "";
  text += ", " + counted(count(NodeKind::network_switch), "switch");
  return text + (pods.size() > 1 ? fmt::format(" in {} pods", pods.size()) : "");
}

std::string map_text(const Graph& graph) {
  std::vector<NodeIndex> hosts;
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    if (graph.kind(n) == NodeKind::host) {
      hosts.push_back(n);
    }
  }
  std::string text;
  if (hosts.size() <= kHostsListed) {
    for (const auto host : hosts) {
      text += devices(graph, host);
    }
  }
  return text + totals_text(graph) + "\n" + cables(graph);
}

}  // namespace plumb::topology
