#include "reports/planter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/error.h"
#include "topology/pod_spines.h"

namespace plumb::reports {

using topology::LinkIndex;
using topology::NodeIndex;

void Planter::plant(const FaultOrder& order) {
  constexpr double kPercent = 100;
  const auto room = parts_for(order.kind);
  auto wanted = std::llround(order.amount);
  if (order.is_percent) {
    wanted = std::max(1LL, std::llround(static_cast<double>(room) * order.amount / kPercent));
  }
  for (auto left = wanted; left > 0; --left) {
    if (!plant_one(order, room)) {
      if (order.where_possible) {
        return;
      }
      throw core::UsageError(
          fmt::format("--faults: no room for {} times {}: the fabric has {} such parts, and a part "
                      "gets one fault",
                      wanted, name_of(order.kind), room));
    }
  }
}

std::size_t Planter::parts_for(FaultKind kind) const {
  constexpr std::size_t kPeers = 4;  // a leaf among fewer has no peers
  switch (kind) {
    case FaultKind::slow_fabric:
    case FaultKind::regression:
      return 1;
    case FaultKind::slow_leaf:
      return fabric_.leaves().size() < kPeers * fabric_.rails().size() ? 0 : fabric_.leaves().size();
    case FaultKind::slow_host:
      return fabric_.ends().size() == fabric_.hosts().size() ? 0 : fabric_.hosts().size();
    case FaultKind::ecmp_cable:
      return fabric_.uplinks().size();
    case FaultKind::missing_uplinks:
      return fabric_.leaves().size() < kPeers ? 0 : fabric_.leaves().size();
    case FaultKind::missing_core_cables: {
      std::set<NodeIndex> pods;
      for (const auto leaf : fabric_.leaves()) {
        if (const auto spines = topology::spines_of(fabric_.graph(), leaf); !spines.empty()) {
          pods.insert(spines.front());
        }
      }
      return pods.size() < kPeers ? 0 : pods.size();
    }
    case FaultKind::slow_gpu:
      return fabric_.has_gpus() ? fabric_.ends().size() : 0;
    default:
      return fabric_.ends().size();
  }
}

bool Planter::plant_one(const FaultOrder& order, std::size_t room) {
  switch (order.kind) {
    case FaultKind::slow_fabric:
      return plant_fabric(order);
    case FaultKind::regression:
      return plant_regression(order);
    case FaultKind::ecmp_cable:
      return room > 0 && plant_uplink(order);
    case FaultKind::missing_uplinks:
      return room > 0 && plant_starved_leaf(order);
    case FaultKind::missing_core_cables:
      return room > 0 && plant_starved_pod(order);
    case FaultKind::crossed_cable:
      return room > 0 && plant_crossed(order);
    case FaultKind::slow_leaf:
      return room > 0 && plant_group(order, fabric_.leaves());
    case FaultKind::slow_host:
      return room > 0 && plant_group(order, fabric_.hosts());
    default:
      return room > 0 && plant_end(order);
  }
}

bool Planter::plant_fabric(const FaultOrder& order) {
  constexpr double kUsual = 0.8;
  const double f = order.factor.value_or(kUsual);
  planted_.fabric = {f, add(order.kind, {std::string(kWholeFabric)}, f)};
  return true;
}

bool Planter::plant_regression(const FaultOrder& order) {
  constexpr double kUsual = 0.85;
  const double f = order.factor.value_or(kUsual);
  const auto fault = add(order.kind, {std::string(kWholeFabric)}, f);
  planted_.generation[static_cast<std::size_t>(fabric_.generations() - 1)] = {f, fault};
  planted_.faults[fault].note =
      fmt::format("another driver{}", fabric_.generations() > 1 ? " on the older generation" : "");
  planted_.faults[fault].shown_in = {"manifest", "nodes"};
  return true;
}

bool Planter::plant_uplink(const FaultOrder& order) {
  constexpr double kLow = 0.3, kHigh = 0.7;
  const auto& uplinks = fabric_.uplinks();
  for (std::size_t attempt = 0; attempt < kAttempts; ++attempt) {
    const auto link = uplinks[draws_.below(uplinks.size())];
    if (planted_.uplinks.contains(link)) {
      continue;
    }
    const double f = factor(order, kLow, kHigh);
    const auto fault = add(order.kind, {cable_id(link)}, f);
    planted_.uplinks[link] = {f, fault};
    add_errors(link, true, true, fault);
    return true;
  }
  return false;
}

bool Planter::plant_group(const FaultOrder& order, const std::vector<NodeIndex>& groups) {
  constexpr double kLeafLow = 0.5, kLeafHigh = 0.88;
  const bool is_leaf = order.kind == FaultKind::slow_leaf;
  for (std::size_t attempt = 0; attempt < kAttempts; ++attempt) {
    const auto node = groups[draws_.below(groups.size())];
    const auto& members = is_leaf ? fabric_.ends_of_leaf(node) : fabric_.ends_of_host(node);
    if (std::ranges::any_of(members, [&](auto e) { return planted_.ends[e].fault != kNoIndex; })) {
      continue;
    }
    const double f = is_leaf ? factor(order, kLeafLow, kLeafHigh) : part_factor(order);
    const auto fault = add(order.kind, {id(node)}, f);
    for (const auto e : members) {
      auto& state = planted_.ends[e];
      state.fault = fault;
      if (!is_leaf) {
        state.out = state.in = {f, fault};
      }
    }
    if (is_leaf) {
      planted_.leaves[node] = {f, fault};
    }
    return true;
  }
  return false;
}

std::uint32_t Planter::add(FaultKind kind, std::vector<std::string> components, double factor) {
  planted_.faults.push_back({kind, std::move(components), factor, "", "", {}, 0, 0});
  return static_cast<std::uint32_t>(planted_.faults.size() - 1);
}

double Planter::factor(const FaultOrder& order, double low, double high) {
  const auto drawn = draws_.uniform(low, high);
  return order.factor.value_or(drawn);
}

}  // namespace plumb::reports
