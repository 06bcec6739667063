#include "topology/map_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/terminal.h"
#include "core/text.h"
#include "core/units.h"

namespace plumb::topology {
namespace {

constexpr double kWidthOfLetter = 0.62;  // of its height, a little more than most sans-serif fonts have

void add(std::string& tip, std::string_view before, std::string_view value) {
  if (!value.empty()) {
    tip += fmt::format("{}{}{}", tip.ends_with('\n') ? "" : ", ", before, core::printable(value));
  }
}

template <class Number>
std::string number_text(const std::optional<Number>& number) {
  return number ? fmt::format("{}", *number) : "";
}

std::string rate_text(const core::MaybeReal& rate) { return rate ? core::format_line_rate(*rate) : ""; }

/// How many devices of a host are of this kind.
std::size_t devices(const Graph& graph, NodeIndex host, NodeKind kind) {
  return static_cast<std::size_t>(std::ranges::count_if(
      graph.nics_of(host), [&](NodeIndex nic) { return graph.kind(nic) == kind && is_drawn_as_nic(graph, nic); }));
}

std::string place_of(const MapRows& rows, const Cluster& cluster, std::string name) {
  if (cluster.block != kNoPlace && !rows.blocks[cluster.block].empty()) {
    name += ", " + core::printable(rows.blocks[cluster.block]);
  }
  if (cluster.rail != kNoRail) {
    name += fmt::format(", rail {}", rows.rails[static_cast<std::size_t>(cluster.rail)]);
  }
  return name;
}

}  // namespace

std::string short_name(std::string_view id) {
  const auto slash = id.find('/');
  return core::printable(slash == std::string_view::npos ? id : id.substr(slash + 1));
}

std::string short_link(std::string_view id) {
  const auto middle = id.find("--");
  return middle == std::string_view::npos
             ? short_name(id)
             : short_name(id.substr(0, middle)) + " – " + short_name(id.substr(middle + 2));
}

std::string grouped(std::size_t number) {
  auto text = std::to_string(number);
  for (auto at = std::ssize(text) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), ",");
  }
  return text;
}

std::string counted(std::size_t number, const std::string& noun) {
  return grouped(number) + " " + (number == 1 ? noun : core::plural(noun));
}

double text_width(std::string_view text, double size) {
  return static_cast<double>(core::display_width(text)) * size * kWidthOfLetter;
}

std::string end_of(std::string_view text, std::size_t characters) {
  const auto all = core::display_width(text);
  auto cut = text;
  for (auto dropped = characters; dropped < all; ++dropped) {
    do {
      cut.remove_prefix(1);
    } while (!cut.empty() && (static_cast<unsigned char>(cut.front()) & 0xC0U) == 0x80U);
  }
  return all <= characters ? std::string(text) : "…" + std::string(cut);
}

std::vector<std::string> in_two_lines(const std::string& text, double width, double size) {
  if (text_width(text, size) <= width) {
    return {text};
  }
  for (auto at = text.find_last_of("-_. "); at != std::string::npos && at > 0; at = text.find_last_of("-_. ", at - 1)) {
    const auto first = text.substr(0, at + 1), second = text.substr(at + 1);
    if (text_width(first, size) <= width) {
      return text_width(second, size) <= width ? std::vector{first, second} : std::vector<std::string>();
    }
  }
  return {};
}

std::string tip_of_node(const Graph& graph, NodeIndex node) {
  const auto& row = graph.row(node);
  auto tip = core::printable(row.id) + "\n";
  if (graph.kind(node) == NodeKind::host && devices(graph, node, NodeKind::nic) > 0) {
    add(tip, "", counted(devices(graph, node, NodeKind::nic), "NIC"));
  }
  if (is_drawn_as_switch(graph, node)) {
    add(tip, "", class_of(graph, node) + " with " + counted(graph.hops(node).size(), "cable"));
  }
  if (graph.kind(node) == NodeKind::nic && graph.hops(node).empty()) {
    add(tip, "", "no cable is known");
  }
  add(tip, "pod ", pod_of(graph, node));
  add(tip, "rack ", row.rack);
  add(tip, "rail ", number_text(row.rail));
  add(tip, "", rate_text(row.rate_Bps));
  add(tip, "", row.state);
  tip += "\n";
  add(tip, "", row.model);
  add(tip, "firmware ", row.firmware);
  return tip.substr(0, tip.find_last_not_of('\n') + 1);
}

std::string tip_of_link(const Graph& graph, LinkIndex link) {
  const auto& row = graph.link_row(link);
  auto tip = core::printable(row.id) + "\n";
  add(tip, "", rate_text(row.rate_Bps));
  add(tip, "", row.width);
  add(tip, "", row.speed);
  add(tip, "", row.state);
  for (const auto end : {graph.link(link).a, graph.link(link).b}) {
    add(tip, "rail ", graph.kind(end) == NodeKind::nic ? number_text(graph.row(end).rail) : "");
  }
  return tip.substr(0, tip.find_last_not_of('\n') + 1);
}

std::string name_of(const Graph& graph, const MapRows& rows, const Cluster& cluster) {
  const auto number = counted(cluster.nodes.size(), rows.tiers[cluster.tier].word);
  const auto name = place_of(rows, cluster, number);
  return cluster.nodes.size() == 1 || name == number ? full_name_of(graph, rows, cluster) : name;
}

std::string full_name_of(const Graph& graph, const MapRows& rows, const Cluster& cluster) {
  const auto first = graph.row(cluster.nodes.front()).id, last = graph.row(cluster.nodes.back()).id;
  const auto number = counted(cluster.nodes.size(), rows.tiers[cluster.tier].word);
  return cluster.nodes.size() == 1
             ? core::printable(first)
             : place_of(rows, cluster, number) + ": " + short_name(first) + " to " + short_name(last);
}

}  // namespace plumb::topology
