#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "topology/checks.h"
#include "topology/clear_mode.h"
#include "topology/fabric_shape.h"
#include "topology/rail_map.h"

namespace plumb::topology {
namespace {

using LeavesByRatio = std::map<double, std::size_t>;

core::CheckRow warning(const Graph& graph, const SwitchShape& leaf, std::string_view check, std::string observed,
                       std::string expected, std::string advice) {
  return {"",
          std::string(graph.row(leaf.node).id),
          std::string(check),
          "warn",
          std::move(observed),
          std::move(expected),
          std::move(advice)};
}

bool has_ratio(const SwitchShape& leaf) { return leaf.hosts > 0 && leaf.up > 0; }

double ratio_of(const SwitchShape& leaf) {
  constexpr double kSteps = 100;
  return std::round(leaf.host_Bps / leaf.up_Bps * kSteps) / kSteps;
}

bool are_leaves(const FabricShape& shape, const Peers& peers) { return shape.switches()[peers.all.front()].tier == 1; }

/// Leaves that serve more hosts, or whose cables up are slower, than their peers. Fewer cables up are told already.
void judge_ratios(const Graph& graph, const FabricShape& shape, const Peers& peers, LeavesByRatio& leaves_by_ratio,
                  std::vector<core::CheckRow>& rows) {
  const auto usual_up = usual_cables(shape, peers, &SwitchShape::up);
  std::vector<double> ratios;
  for (const auto i : peers.all) {
    if (const auto& leaf = shape.switches()[i]; has_ratio(leaf)) {
      ratios.push_back(ratio_of(leaf));
    }
  }
  const auto usual = clear_mode(std::move(ratios));
  for (const auto i : peers.judged) {
    const auto& leaf = shape.switches()[i];
    if (!has_ratio(leaf)) {
      continue;
    }
    ++leaves_by_ratio[ratio_of(leaf)];
    if (usual && ratio_of(leaf) > *usual && leaf.up >= usual_up.value_or(0)) {
      rows.push_back(warning(graph, leaf, "oversubscription",
                             fmt::format("{:.2f}:1 ({} down, {} up)", ratio_of(leaf),
                                         capacity_text(shape, leaf.host_Bps), capacity_text(shape, leaf.up_Bps)),
                             fmt::format("{:.2f}:1, as most of its peers", *usual),
                             "it serves more hosts than its peers, or its cables up are slower"));
    }
  }
}

/// Leaves with fewer hosts than the others, when these are few. The last leaf of a group may be filled in part.
void judge_hosts(const Graph& graph, const FabricShape& shape, const Peers& peers, std::vector<core::CheckRow>& rows) {
  constexpr std::size_t kLeastLeaves = 4, kFewIsOneIn = 10;
  const auto hosts = [&](std::uint32_t i) { return shape.switches()[i].hosts; };
  std::vector<std::uint32_t> counts, fewer;
  std::ranges::transform(peers.all, std::back_inserter(counts), hosts);
  const auto usual = clear_mode(std::move(counts)).value_or(0);
  std::ranges::copy_if(peers.all, std::back_inserter(fewer),
                       [&](std::uint32_t i) { return hosts(i) > 0 && hosts(i) < usual && i != peers.all.back(); });
  if (peers.all.size() < kLeastLeaves || fewer.size() > std::max<std::size_t>(1, peers.all.size() / kFewIsOneIn)) {
    return;
  }
  for (const auto i : fewer) {
    if (std::ranges::find(peers.judged, i) != peers.judged.end()) {
      rows.push_back(warning(graph, shape.switches()[i], "hosts_a_leaf", fmt::format("{} hosts", hosts(i)),
                             fmt::format("{}, as most of its peers", usual),
                             "look for a host that is off or whose cable is not seen"));
    }
  }
}

std::string ratios_text(const LeavesByRatio& leaves_by_ratio) {
  const auto most = std::ranges::max_element(leaves_by_ratio, {}, [](const auto& one) { return one.second; });
  auto text = fmt::format("{:.2f}:1 on {} leaves", most->first, most->second);
  if (leaves_by_ratio.size() > 1) {
    text += fmt::format(", the others {:.2f}:1 to {:.2f}:1", leaves_by_ratio.begin()->first,
                        leaves_by_ratio.rbegin()->first);
  }
  return text;
}

}  // namespace

void check_oversubscription(const Checked& checked, std::vector<core::CheckRow>& rows) {
  const FabricShape shape(checked.found);
  LeavesByRatio leaves_by_ratio;
  for (const auto& peers : peers_of(checked.found, shape)) {
    if (are_leaves(shape, peers)) {
      judge_ratios(checked.found, shape, peers, leaves_by_ratio, rows);
    }
  }
  if (!leaves_by_ratio.empty()) {
    rows.push_back(
        {"", "", "oversubscription", "pass", ratios_text(leaves_by_ratio), "rate to hosts over rate up", ""});
  }
}

/// Where hosts have several NICs, those of one host stand on several leaves: a missing one is for rails_missing to say.
void check_hosts_a_leaf(const Checked& checked, std::vector<core::CheckRow>& rows) {
  if (usual_nics(checked.found).value_or(1) > 1) {
    return;
  }
  const FabricShape shape(checked.found);
  for (const auto& peers : peers_of(checked.found, shape)) {
    if (are_leaves(shape, peers)) {
      judge_hosts(checked.found, shape, peers, rows);
    }
  }
}

}  // namespace plumb::topology
