#include "topology/named_cables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/error.h"
#include "core/text.h"
#include "topology/ib_fabric.h"

namespace plumb::topology {
namespace {

struct Place {
  std::string node, port;
};

/// Where a cable's end is plugged in. A host's device may carry its host's name ("node7 mlx5_0"), and so may a port
/// ("node7" port "node7 ibp11s0f0").
Place place_of(const NamedEnd& end, NodeKind kind) {
  if (const auto [host, device] = host_and_device(end.device); !host.empty()) {
    return {fmt::format("nic/{}/{}", host, device), port_part(end.port)};
  }
  const auto name = id_part(end.device);
  return kind == NodeKind::host ? Place{fmt::format("nic/{}/{}", name, id_part(end.port)), ""}
                                : Place{"switch/" + name, port_part(end.port)};
}

std::string text_of(const Place& place) { return place.port.empty() ? place.node : place.node + ":" + place.port; }

core::LinkRow row_of(const Place& a, const Place& b, const std::string& source) {
  core::LinkRow row;
  row.kind = "cable";
  row.a = a.node;
  row.a_port = a.port;
  row.b = b.node;
  row.b_port = b.port;
  row.source = source;
  return row;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool is_nic_name(std::string_view port) {
  constexpr std::array<std::string_view, 12> kWords{"mlx", "HCA",   "roce", "rdma", "rail", "gpu",
                                                    "nic", "irdma", "bnxt", "hfi",  "qib",  "ibp"};
  constexpr std::array<std::string_view, 4> kNumbered{"eth", "ib", "bond", "em"};
  const auto begins = [&](std::string_view word) { return port.starts_with(word); };
  const auto is_numbered = [&](std::string_view word) {
    return begins(word) && port.size() > word.size() && is_digit(port[word.size()]);
  };
  if (port.find('/') != std::string_view::npos) {
    return false;  // a line card: eth1/1, et-0/0/3
  }
  // The predictable names of systemd: en or ib, then o(nboard), p(ath), s(lot), x (MAC) or P (domain).
  const bool is_predictable = port.size() > 2 && (begins("en") || begins("ib")) &&
                              (std::string_view("opsxP").find(port[2]) != std::string_view::npos || is_digit(port[2]));
  return is_predictable || std::ranges::any_of(kWords, begins) || std::ranges::any_of(kNumbered, is_numbered);
}

std::string port_part(std::string_view port) {
  while (!port.empty() && port.front() == ' ') {
    port.remove_prefix(1);
  }
  while (!port.empty() && port.back() == ' ') {
    port.remove_suffix(1);
  }
  std::string part = core::printable(port);
  std::ranges::replace(part, ' ', '_');
  return part;
}

void NamedCables::add(NamedEnd a, NamedEnd b, std::size_t line) {
  cables_.push_back({std::move(a), std::move(b), line});
}

void NamedCables::fail(std::size_t line, const std::string& message) const {
  throw core::Error(fmt::format("{}:{}: {}", file_.name, line, message));
}

std::unordered_map<std::string, NodeKind> NamedCables::kinds() const {
  auto kinds = kinds_;
  const auto judge = [&](const NamedEnd& end) {
    if (!kinds_.contains(end.device)) {
      auto& kind = kinds.emplace(end.device, NodeKind::host).first->second;
      kind = is_nic_name(end.port) ? kind : NodeKind::network_switch;
    }
  };
  for (const auto& cable : cables_) {
    judge(cable.a);
    judge(cable.b);
  }
  return kinds;
}

void NamedCables::add_to(GraphBuilder& builder) const {
  const auto kind_of = kinds();
  std::unordered_map<std::string, std::pair<std::string, std::size_t>> plugged;  // cable and its line, by end
  for (const auto& cable : cables_) {
    const auto a = place_of(cable.a, kind_of.at(cable.a.device)), b = place_of(cable.b, kind_of.at(cable.b.device));
    if (text_of(a) == text_of(b)) {
      fail(cable.line, fmt::format("a cable leads from {} to itself", text_of(a)));
    }
    auto row = row_of(a, b, source_);
    const auto id = link_id(row);
    for (const auto& end : {text_of(a), text_of(b)}) {
      const auto [other, is_new] = plugged.try_emplace(end, id, cable.line);
      if (!is_new && other->second.first != id) {
        fail(cable.line, fmt::format("{} has a cable already, on line {}", end, other->second.second));
      }
    }
    builder.add(std::move(row));
  }
}

}  // namespace plumb::topology
