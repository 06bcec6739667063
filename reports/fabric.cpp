#include "reports/fabric.h"

#include <algorithm>
#include <array>

namespace plumb::reports {
namespace {

using topology::LinkIndex;
using topology::LinkKind;
using topology::NodeIndex;
using topology::NodeKind;

constexpr std::uint32_t kNoPart = Endpoint::kNoPart;

/// By number of switches on the way.
std::string_view distance_over(std::uint32_t switches) {
  constexpr std::array<std::string_view, 7> kNames{"other host",      "same leaf", "over 2 switches", "same pod",
                                                   "over 4 switches", "other pod", "over 6 switches"};
  return switches < kNames.size() ? kNames[switches] : "over 7 switches or more";
}

std::uint64_t host_and_rail(NodeIndex host, core::Integer rail) {
  return static_cast<std::uint64_t>(host) << 32U | static_cast<std::uint32_t>(rail);
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

std::uint32_t Fabric::add_part(std::string_view id, std::string_view kind, std::string_view group,
                               std::string_view host) {
  parts_.push_back({id, kind, group, host});
  return static_cast<std::uint32_t>(parts_.size() - 1);
}

std::uint32_t Fabric::part(std::string_view id, std::string_view kind, std::string_view group, std::string_view host) {
  if (const auto known = find_part(id)) {
    return *known;
  }
  const auto kept = texts_.keep(id);
  const auto number = add_part(kept, texts_.intern(kind), texts_.intern(group), texts_.intern(host));
  if (const auto node = map_.graph.find(id)) {
    part_of_node_[*node] = number;
  } else {
    beside_map_.emplace(kept, number);
  }
  return number;
}

std::optional<std::uint32_t> Fabric::find_part(std::string_view id) const {
  const auto told = [](std::uint32_t part) { return part == kNoPart ? std::nullopt : std::optional(part); };
  if (const auto node = map_.graph.find(id)) {
    return told(part_of_node_[*node]);
  }
  if (const auto found = beside_map_.find(id); found != beside_map_.end()) {
    return found->second;
  }
  const auto link = id.find("--") == std::string_view::npos ? std::nullopt : map_.graph.find_link(id);
  return link ? told(part_of_cable_[*link]) : std::nullopt;
}

void Fabric::add_parts() {
  const auto& graph = map_.graph;
  part_of_node_.assign(graph.node_count(), kNoPart);
  part_of_cable_.assign(graph.link_count(), kNoPart);
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    const auto kind = graph.kind(n);
    if (const auto& rail = graph.row(n).rail; kind == NodeKind::gpu && rail && graph.host_of(n)) {
      gpu_of_rail_.emplace(host_and_rail(*graph.host_of(n), *rail), n);
    }
    const bool is_part =
        kind == NodeKind::host || kind == NodeKind::network_switch || (kind == NodeKind::nic && !graph.hops(n).empty());
    if (is_part) {
      const auto group = texts_.intern(topology::part_class_of(graph, n));
      part_of_node_[n] = add_part(graph.row(n).id, graph.row(n).kind, group, graph.row(n).host);
    }
  }
  for (LinkIndex i = 0; i < graph.link_count(); ++i) {
    const auto& link = graph.link(i);
    if (link.kind == LinkKind::cable) {
      const auto host = graph.row(graph.row(link.a).host.empty() ? link.b : link.a).host;
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

std::vector<std::vector<std::uint32_t>> Fabric::bundles() const {
  const auto& bundles = ways_.bundles();
  std::vector<std::vector<std::uint32_t>> parts(bundles.size());
  for (topology::BundleIndex b = 0; b < bundles.size(); ++b) {
    const auto& part_of = bundles.has_cables(b) ? part_of_cable_ : part_of_node_;
    for (const auto member : bundles.members(b)) {
      parts[b].push_back(part_of[member]);
    }
  }
  return parts;
}

Endpoint Fabric::endpoint(const std::string& id) {
  const auto kind = kind_of(id);
  Endpoint end;
  end.host = host_of(id);
  end.part = part(id, kind, kind, end.host);
  if (!end.host.empty() && kind != "host") {
    end.host_part = part("host/" + end.host, "host", "host", end.host);
  }
  const auto& graph = map_.graph;
  if (const auto node = graph.find(id)) {
    lower(end.rate_Bps, rates_.of_node(*node));
  }
  if (const auto host = graph.find("host/" + end.host); host && kind != "nic" && graph.nics_of(*host).size() == 1) {
    lower(end.rate_Bps, rates_.of_node(graph.nics_of(*host).front()));
  }
  end.attached = attachment(id, end.host);
  if (end.attached) {
    end.kind = rates_.kind_of(*end.attached);
    const bool at_nic = graph.kind(*end.attached) == NodeKind::nic;
    if (at_nic && part_of_node_[*end.attached] != end.part) {
      end.nic_part = part_of_node_[*end.attached];
      lower(end.rate_Bps, rates_.of_node(*end.attached));
    }
    end.gpu_part = at_nic && end.nic_part == kNoPart ? gpu_of(*end.attached) : kNoPart;
  }
  return end;
}

/// Where an endpoint's traffic enters the map: a GPU at the NIC of its rail, a rank at its host.
std::optional<NodeIndex> Fabric::attachment(const std::string& id, const std::string& host_name) const {
  const auto& graph = map_.graph;
  const auto node = graph.find(id), host = graph.find("host/" + host_name);
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

/// The GPU of a NIC's rail, where there is one.
std::uint32_t Fabric::gpu_of(NodeIndex nic) {
  const auto& graph = map_.graph;
  const auto& rail = graph.row(nic).rail;
  const auto found =
      rail ? gpu_of_rail_.find(host_and_rail(graph.host_of(nic).value_or(nic), *rail)) : gpu_of_rail_.end();
  if (found == gpu_of_rail_.end()) {
    return kNoPart;
  }
  return part(graph.row(found->second).id, "gpu", "gpu", graph.row(nic).host);
}

const topology::SharedWay& Fabric::way(NodeIndex from, NodeIndex to) {
  const auto route = map_.routes.find({from, to});
  return route == map_.routes.end() ? ways_.shortest(from, to) : ways_.along(from, route->second);
}

/// Of the slowest of its cables; nothing for switches.
std::optional<double> Fabric::rate_of_bundle(topology::BundleIndex bundle) {
  constexpr float kNotLookedUp = -1;
  const auto& bundles = ways_.bundles();
  bundle_rates_.resize(std::max(bundle_rates_.size(), bundles.size()), kNotLookedUp);
  auto& rate = bundle_rates_[bundle];
  if (rate < 0) {
    std::optional<double> slowest;
    for (const auto cable : bundles.has_cables(bundle) ? bundles.members(bundle) : std::span<const std::uint32_t>()) {
      lower(slowest, rates_.of_cable(cable));
    }
    rate = static_cast<float>(slowest.value_or(0));
  }
  return rate > 0 ? std::optional<double>(rate) : std::nullopt;
}

std::optional<double> Fabric::Rates::at(NodeIndex node) const {
  std::optional<double> rate;
  for (const auto& [end, end_rate] : at_ends) {
    if (end == node) {
      lower(rate, end_rate);
    }
  }
  return rate;
}

Fabric::Rates Fabric::rates_on(const topology::SharedWay& way) {
  Rates rates;
  for (const auto& cable : way.cables) {
    const auto& link = map_.graph.link(cable.link);
    const auto rate = rates_.of_cable(cable.link);
    const bool is_hosts =
        map_.graph.kind(link.a) != NodeKind::network_switch || map_.graph.kind(link.b) != NodeKind::network_switch;
    if (rate && is_hosts) {
      rates.at_ends.emplace_back(link.a, *rate);
      rates.at_ends.emplace_back(link.b, *rate);
    } else {
      lower(rates.between, rate);
    }
  }
  for (const auto& shared : way.bundles) {
    lower(rates.between, rate_of_bundle(shared.bundle));
  }
  return rates;
}

void Fabric::touch_end(const Endpoint& end, Direction direction, bool from_gpus, double headroom, Path& path) const {
  for (const auto other : {from_gpus ? end.gpu_part : kNoPart, end.nic_part, end.host_part}) {
    if (other != kNoPart) {
      path.touches.push_back({other, direction, 1, static_cast<float>(headroom)});
    }
  }
}

/// What a part could carry, over what the slowest on the way lets through, is its headroom: of a leaf, by its host's
/// cable, of switches above by the slowest cable between switches.
void Fabric::touch_way(const topology::SharedWay& way, const Rates& rates, const Endpoint& src, Path& path) {
  const auto& graph = map_.graph;
  const auto headroom = [&](std::optional<double> rate) {
    return rate && path.line_rate_Bps ? static_cast<float>(std::max(*rate / *path.line_rate_Bps, 1.0)) : 1.0F;
  };
  for (const auto& [link, forward, share] : way.cables) {
    path.touches.push_back(
        {part_of_cable_[link], forward ? Direction::out : Direction::in, share, headroom(rates_.of_cable(link))});
  }
  for (const auto& [node, share] : way.nodes) {
    const auto rate = rates.at(node);
    const bool is_switch = graph.kind(node) == NodeKind::network_switch;
    const auto direction = is_switch                          ? Direction::both
                           : graph.row(node).host == src.host ? Direction::out
                                                              : Direction::in;
    path.touches.push_back({part_of_node_[node], direction, share, headroom(rate)});
  }
  for (const auto& [bundle, forward, share] : way.bundles) {
    const bool has_cables = ways_.bundles().has_cables(bundle);
    const auto direction = !has_cables ? Direction::both : forward ? Direction::out : Direction::in;
    path.touches.push_back(
        {Touch::kBundle | bundle, direction, share, headroom(has_cables ? rate_of_bundle(bundle) : rates.between)});
  }
}

Path Fabric::path(const Endpoint& src, const Endpoint& dst, bool from_gpus) {
  Path path;
  path.touches = {{src.part, Direction::out}, {dst.part, Direction::in}};  // first: localise.cpp asks for the ends
  path.distance = distance_over(0);
  path.src_kind = src.kind;
  path.dst_kind = dst.kind;
  if (!src.host.empty() && src.host == dst.host) {  // its host is touched once, in no direction
    path.touches.push_back({src.host_part == kNoPart ? src.part : src.host_part, Direction::both});
    path.distance = "same host";
    return path;
  }
  lower(path.line_rate_Bps, src.rate_Bps);
  lower(path.line_rate_Bps, dst.rate_Bps);
  const topology::SharedWay none;
  const auto& found = src.attached && dst.attached ? way(*src.attached, *dst.attached) : none;
  const auto rates = rates_on(found);
  lower(path.line_rate_Bps, rates.between);
  for (const auto& [node, rate] : rates.at_ends) {
    lower(path.line_rate_Bps, rate);
  }
  for (const auto* end : {&src, &dst}) {
    const auto rate = end->attached ? rates.at(*end->attached) : std::nullopt;
    const double headroom = rate && path.line_rate_Bps ? std::max(*rate / *path.line_rate_Bps, 1.0) : 1;
    const auto direction = end == &src ? Direction::out : Direction::in;
    path.touches[end == &src ? 0 : 1].headroom = static_cast<float>(headroom);
    touch_end(*end, direction, from_gpus, headroom, path);
  }
  path.distance = distance_over(found.switches);
  touch_way(found, rates, src, path);
  return path;
}

}  // namespace plumb::reports
