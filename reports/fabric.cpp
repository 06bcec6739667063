#include "reports/fabric.h"

#include <algorithm>
#include <future>
#include <map>

#include "reports/parallel.h"

namespace plumb::reports {
namespace {

using topology::LinkIndex;
using topology::LinkKind;
using topology::NodeIndex;
using topology::NodeKind;

constexpr std::uint32_t kNoPart = Endpoint::kNoPart;

std::uint64_t host_and_rail(NodeIndex host, core::Integer rail) {
  return static_cast<std::uint64_t>(host) << 32U | static_cast<std::uint32_t>(rail);
}

}  // namespace

std::string_view kind_of(std::string_view id) { return id.substr(0, id.find('/')); }

std::string_view host_in(std::string_view id) {
  const auto kind_end = id.find('/');
  const auto kind = id.substr(0, kind_end);
  if (kind_end == std::string_view::npos || (kind != "host" && kind != "nic" && kind != "gpu" && kind != "rank")) {
    return {};
  }
  const auto rest = id.substr(kind_end + 1);
  return kind == "host" ? rest : rest.substr(0, rest.rfind('/'));
}

std::string host_of(const std::string& id) { return std::string(host_in(id)); }

std::vector<float> log_priors(const Fabric& fabric) {
  std::vector<float> priors;
  for (const auto& part : fabric.parts()) {  // cables fail most, then NICs, then what is behind them (field reports)
    priors.push_back(part.kind == "cable" ? 0.0F : part.kind == "nic" ? -0.5F : part.kind == "switch" ? -1.5F : -1.0F);
  }
  return priors;
}

Fabric::Fabric(Map map) : map_(std::move(map)) {
  auto rates = std::async(std::launch::async, [&] { return UsualRates(map_.graph); });
  add_parts();
  rates_ = rates.get();
}

std::uint32_t Fabric::add_part(std::string_view id, std::string_view kind, std::string_view group,
                               std::string_view host) {
  parts_.push_back({id, kind, group, host});
  return static_cast<std::uint32_t>(parts_.size() - 1);
}

std::uint32_t Fabric::part(std::string_view id, std::string_view kind, std::string_view group, std::string_view host) {
  if (const auto node = map_.graph.find(id)) {
    return part_at(*node, kind, group, host);
  }
  if (const auto known = find_part(id)) {
    return *known;
  }
  const auto kept = texts_.keep(id);
  const auto number = add_part(kept, texts_.intern(kind), texts_.intern(group), texts_.intern(host));
  beside_map_.emplace(kept, number);
  return number;
}

std::uint32_t Fabric::part_at(NodeIndex node, std::string_view kind, std::string_view group, std::string_view host) {
  auto& part = part_of_node_[node];
  if (part == kNoPart) {
    part = add_part(map_.graph.row(node).id, texts_.intern(kind), texts_.intern(group), texts_.intern(host));
  }
  return part;
}

std::optional<std::uint32_t> Fabric::find_part(std::string_view id) const {
  const auto told = [](std::uint32_t part) { return part == kNoPart ? std::nullopt : std::optional(part); };
  if (const auto node = map_.graph.find(id)) {
    return told(part_of_node_[*node]);
  }
  if (const auto found = beside_map_.find(id); found != beside_map_.end()) {
    return found->second;
  }
  const auto link = map_.graph.find_link(id);
  return link ? told(part_of_cable_[*link]) : std::nullopt;
}

void Fabric::add_parts() {
  const auto& graph = map_.graph;
  part_of_node_.assign(graph.node_count(), kNoPart);
  part_of_cable_.assign(graph.link_count(), kNoPart);
  parts_.reserve(graph.node_count() + graph.link_count());
  std::map<std::pair<NodeKind, core::Integer>, std::string_view> groups;
  const auto group_of = [&](NodeIndex n) {
    auto& group = groups[{graph.kind(n), graph.row(n).tier.value_or(0)}];
    return group = group.empty() ? texts_.intern(topology::part_class_of(graph, n)) : group;
  };
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    const auto kind = graph.kind(n);
    if (const auto& rail = graph.row(n).rail; kind == NodeKind::gpu && rail && graph.host_of(n)) {
      gpu_of_rail_.emplace(host_and_rail(*graph.host_of(n), *rail), n);
    }
    const bool is_part =
        kind == NodeKind::host || kind == NodeKind::network_switch || (kind == NodeKind::nic && !graph.hops(n).empty());
    if (is_part) {
      part_of_node_[n] = add_part(graph.row(n).id, graph.row(n).kind, group_of(n), graph.row(n).host);
    }
  }
  for (LinkIndex i = 0; i < graph.link_count(); ++i) {
    const auto& link = graph.link(i);
    if (link.kind == LinkKind::cable) {
      const auto host = graph.row(graph.host_of(link.a) ? link.a : link.b).host;
      part_of_cable_[i] = add_part(graph.link_row(i).id, "cable", host.empty() ? "switch cable" : "host cable", host);
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

std::vector<Endpoint> Fabric::endpoints(const std::vector<std::string>& ids) {
  std::vector<std::optional<NodeIndex>> nodes(ids.size());
  in_parallel(ids.size(), [&](std::size_t first, std::size_t end) {
    for (auto i = first; i < end; ++i) {
      nodes[i] = map_.graph.find(ids[i]);
    }
  });
  std::vector<Endpoint> ends;
  ends.reserve(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    ends.push_back(endpoint(ids[i], nodes[i]));
  }
  return ends;
}

Endpoint Fabric::endpoint(const std::string& id, std::optional<NodeIndex> node) {
  const auto& graph = map_.graph;
  const auto kind = kind_of(id), host_name = host_in(id);
  const auto host = host_node(node, host_name);
  Endpoint end;
  end.host = node && graph.row(*node).host == host_name ? graph.row(*node).host : texts_.intern(host_name);
  end.part = node ? part_at(*node, kind, kind, end.host) : part(id, kind, kind, end.host);
  if (!host_name.empty() && kind != "host") {
    end.host_part = host ? part_at(*host, "host", "host", end.host)
                         : part("host/" + std::string(host_name), "host", "host", end.host);
  }
  if (!host_name.empty()) {
    end.home = end.host_part == kNoPart ? end.part : end.host_part;
  }
  if (node) {
    lower(end.rate_Bps, rates_.of_node(*node));
  }
  if (host && kind != "nic" && graph.nics_of(*host).size() == 1) {
    lower(end.rate_Bps, rates_.of_node(graph.nics_of(*host).front()));
  }
  if (const auto at = attachment(node, host)) {
    attach(*at, end);
  }
  return end;
}

/// Of an endpoint: as the map tells, or its id.
std::optional<NodeIndex> Fabric::host_node(std::optional<NodeIndex> node, std::string_view host_name) const {
  const auto& graph = map_.graph;
  const bool is_told = node && !host_name.empty() && graph.row(*node).host == host_name;
  return is_told ? graph.host_of(*node) : graph.find("host/" + std::string(host_name));
}

/// Where an endpoint's traffic enters the map: a GPU at the NIC of its rail, a rank at its host.
std::optional<NodeIndex> Fabric::attachment(std::optional<NodeIndex> node, std::optional<NodeIndex> host) const {
  const auto& graph = map_.graph;
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

void Fabric::attach(NodeIndex at, Endpoint& end) {
  end.attached.emplace(map_.graph, at);
  end.kind = rates_.kind_of(at);
  const bool at_nic = map_.graph.kind(at) == NodeKind::nic;
  if (at_nic && part_of_node_[at] != end.part) {
    end.nic_part = part_of_node_[at];
    lower(end.rate_Bps, rates_.of_node(at));
  }
  end.gpu_part = at_nic && end.nic_part == kNoPart ? gpu_of(at) : kNoPart;
}

/// The GPU of a NIC's rail, where there is one.
std::uint32_t Fabric::gpu_of(NodeIndex nic) {
  const auto& graph = map_.graph;
  const auto& rail = graph.row(nic).rail;
  const auto found =
      rail ? gpu_of_rail_.find(host_and_rail(graph.host_of(nic).value_or(nic), *rail)) : gpu_of_rail_.end();
  if (found == gpu_of_rail_.end()) {
    return kNoPart;
  }
  return part_at(found->second, "gpu", "gpu", graph.row(nic).host);
}

const std::vector<LinkIndex>* Fabric::route(NodeIndex from, NodeIndex to) const {
  const auto known = map_.routes.empty() ? map_.routes.end() : map_.routes.find({from, to});
  return known == map_.routes.end() ? nullptr : &known->second;
}

}  // namespace plumb::reports
