#include "reports/fabric.h"

#include <algorithm>
#include <array>

namespace plumb::reports {
namespace {

using topology::LinkIndex;
using topology::LinkKind;
using topology::NodeIndex;
using topology::NodeKind;

constexpr std::uint32_t kNoPart = 0xffffffff;

/// By number of switches on the way.
std::string_view distance_over(std::uint32_t switches) {
  constexpr std::array<std::string_view, 7> kNames{"other host",      "same leaf", "over 2 switches", "same pod",
                                                   "over 4 switches", "other pod", "over 6 switches"};
  return switches < kNames.size() ? kNames[switches] : "over 7 switches or more";
}

std::string group_of(const topology::Graph& graph, NodeIndex node) {
  const auto name = topology::class_of(graph, node);
  return name == topology::word_of(graph.kind(node)) ? name : name + " switch";
}

void lower(std::optional<double>& rate, const core::MaybeReal& other) {
  if (other) {
    rate = std::min(rate.value_or(*other), *other);
  }
}

}  // namespace

std::string kind_of(const std::string& id) { return id.substr(0, id.find('/')); }

std::string host_of(const std::string& id) {
  const auto kind_end = id.find('/');
  const auto kind = id.substr(0, kind_end);
  if (kind_end == std::string::npos || (kind != "host" && kind != "nic" && kind != "gpu" && kind != "rank")) {
    return "";
  }
  const auto rest = id.substr(kind_end + 1);
  return kind == "host" ? rest : rest.substr(0, rest.rfind('/'));
}

std::vector<float> log_priors(const Fabric& fabric) {
  std::vector<float> priors;
  for (const auto& part : fabric.parts()) {  // cables fail most, then NICs, then what is behind them (field reports)
    priors.push_back(part.kind == "cable" ? 0.0F : part.kind == "nic" ? -0.5F : part.kind == "switch" ? -1.5F : -1.0F);
  }
  return priors;
}

Fabric::Fabric(Map map) : map_(std::move(map)), rates_(map_.graph), ways_(map_.graph) { add_parts(); }

std::uint32_t Fabric::part(std::string_view id, std::string_view kind, std::string_view group, std::string_view host) {
  const auto [found, is_new] = index_.emplace(std::string(id), static_cast<std::uint32_t>(parts_.size()));
  if (is_new) {
    parts_.push_back({std::string(id), std::string(kind), std::string(group), std::string(host)});
  }
  return found->second;
}

std::optional<std::uint32_t> Fabric::find_part(const std::string& id) const {
  const auto found = index_.find(id);
  return found == index_.end() ? std::nullopt : std::optional(found->second);
}

void Fabric::add_parts() {
  const auto& graph = map_.graph;
  part_of_node_.assign(graph.node_count(), kNoPart);
  part_of_cable_.assign(graph.link_count(), kNoPart);
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    const auto kind = graph.kind(n);
    const bool is_part =
        kind == NodeKind::host || kind == NodeKind::network_switch || (kind == NodeKind::nic && !graph.hops(n).empty());
    if (is_part) {
      part_of_node_[n] = part(graph.row(n).id, graph.row(n).kind, group_of(graph, n), graph.row(n).host);
    }
  }
  for (LinkIndex i = 0; i < graph.link_count(); ++i) {
    const auto& link = graph.link(i);
    if (link.kind == LinkKind::cable) {
      const auto host = graph.row(graph.row(link.a).host.empty() ? link.b : link.a).host;
      part_of_cable_[i] = part(graph.link_row(i).id, "cable", host.empty() ? "switch cable" : "host cable", host);
    }
  }
}

std::size_t Fabric::gpus_on_map() const {
  std::size_t gpus = 0;
  for (NodeIndex n = 0; n < map_.graph.node_count(); ++n) {
    gpus += map_.graph.kind(n) == NodeKind::gpu ? 1 : 0;
  }
  return gpus;
}

void Fabric::touch_endpoint(const std::string& id, Direction direction, Path& path) {
  const auto kind = kind_of(id), host = host_of(id);
  path.touches.push_back({part(id, kind, kind, host), direction});
  const auto& graph = map_.graph;
  if (const auto node = graph.find(id)) {
    lower_to_node(*node, path);
  }
  if (const auto node = graph.find("host/" + host); node && kind != "nic" && graph.nics_of(*node).size() == 1) {
    lower_to_node(graph.nics_of(*node).front(), path);
  }
}

void Fabric::touch_host(const std::string& id, Direction direction, Path& path) {
  if (const auto host = host_of(id); !host.empty() && kind_of(id) != "host") {
    path.touches.push_back({part("host/" + host, "host", "host", host), direction});
  }
}

void Fabric::lower_to_node(NodeIndex node, Path& path) const { lower(path.line_rate_Bps, rates_.of_node(node)); }

/// The NIC that a GPU's traffic uses.
void Fabric::touch_nic(NodeIndex attached, const std::string& endpoint, Direction direction, Path& path) const {
  if (map_.graph.kind(attached) == NodeKind::nic && map_.graph.row(attached).id != endpoint) {
    path.touches.push_back({part_of_node_[attached], direction});
    lower_to_node(attached, path);
  }
}

/// Where an endpoint's traffic enters the map: a GPU at the NIC of its rail, a rank at its host.
std::optional<NodeIndex> Fabric::attachment(const std::string& id) const {
  const auto& graph = map_.graph;
  const auto node = graph.find(id), host = graph.find("host/" + host_of(id));
  if (!node || (graph.kind(*node) != NodeKind::gpu && graph.hops(*node).empty())) {
    return host;
  }
  if (graph.kind(*node) == NodeKind::gpu) {
    for (const auto nic : host ? graph.nics_of(*host) : std::span<const NodeIndex>()) {
      if (!graph.hops(nic).empty() && graph.row(nic).rail && graph.row(nic).rail == graph.row(*node).rail) {
        return nic;
      }
    }
    return host;
  }
  return node;
}

topology::Way Fabric::way(NodeIndex from, NodeIndex to) {
  const auto route = map_.routes.find({from, to});
  return ways_.whole(route == map_.routes.end() ? ways_.shortest(from, to) : ways_.along(from, route->second));
}

void Fabric::touch_way(const topology::Way& way, const std::string& src_host, Path& path) const {
  const auto& graph = map_.graph;
  for (const auto& [link, forward, share] : way.cables) {
    path.touches.push_back({part_of_cable_[link], forward ? Direction::out : Direction::in, share});
    lower(path.line_rate_Bps, rates_.of_cable(link));
  }
  for (const auto& [node, share] : way.nodes) {
    const bool is_switch = graph.kind(node) == NodeKind::network_switch;
    const auto direction = is_switch                          ? Direction::both
                           : graph.row(node).host == src_host ? Direction::out
                                                              : Direction::in;
    path.touches.push_back({part_of_node_[node], direction, share});
    lower_to_node(node, path);
  }
  path.distance = distance_over(way.switches);
}

/// What a part could carry, over what the slowest on the way lets through: that of a cable, of a switch that of its
/// slowest cable on the way, of what belongs to a host that of the host's cable.
void Fabric::give_headroom(const topology::Way& way, const std::string& src_host, const std::string& dst_host,
                           Path& path) const {
  if (!path.line_rate_Bps) {
    return;
  }
  const auto& graph = map_.graph;
  std::unordered_map<std::uint32_t, double> rates;  // by part
  std::unordered_map<std::string_view, double> of_host;
  for (const auto& [link, forward, share] : way.cables) {
    const auto rate = rates_.of_cable(link).value_or(*path.line_rate_Bps);
    rates[part_of_cable_[link]] = rate;
    for (const auto node : {graph.link(link).a, graph.link(link).b}) {
      const auto [known, is_new] = rates.emplace(part_of_node_[node], rate);
      known->second = std::min(known->second, rate);
      if (!graph.row(node).host.empty()) {
        of_host[graph.row(node).host] = rate;
      }
    }
  }
  for (auto& touch : path.touches) {
    const auto& host = parts_[touch.part].host;
    const auto known = rates.find(touch.part);
    const auto of_its_host = host == src_host || host == dst_host ? of_host.find(host) : of_host.end();
    const double rate = known != rates.end()           ? known->second
                        : of_its_host != of_host.end() ? of_its_host->second
                                                       : *path.line_rate_Bps;
    touch.headroom = static_cast<float>(std::max(rate / *path.line_rate_Bps, 1.0));
  }
}

/// Within a host, its part is touched once and in no direction.
void Fabric::touch_inside(const std::string& host, Path& path) {
  std::erase_if(path.touches, [&](const Touch& t) { return parts_[t.part].kind == "host"; });
  path.touches.push_back({part("host/" + host, "host", "host", host), Direction::both});
  path.line_rate_Bps.reset();
  path.distance = "same host";
}

Path Fabric::path(const std::string& src, const std::string& dst) {
  Path path;
  path.distance = distance_over(0);
  touch_endpoint(src, Direction::out, path);
  touch_endpoint(dst, Direction::in, path);  // the ends come first: localise.cpp asks for them
  touch_host(src, Direction::out, path);
  touch_host(dst, Direction::in, path);
  if (!host_of(src).empty() && host_of(src) == host_of(dst)) {
    touch_inside(host_of(src), path);
    return path;
  }
  const auto from = attachment(src), to = attachment(dst);
  if (from && to) {
    path.src_kind = rates_.kind_of(*from);
    path.dst_kind = rates_.kind_of(*to);
    const auto found = way(*from, *to);
    if (!found.cables.empty()) {
      touch_nic(*from, src, Direction::out, path);
      touch_nic(*to, dst, Direction::in, path);
      touch_way(found, host_of(src), path);
      give_headroom(found, host_of(src), host_of(dst), path);
    }
  }
  return path;
}

}  // namespace plumb::reports
