#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "topology/checks.h"
#include "topology/clear_mode.h"
#include "topology/fabric_shape.h"
#include "topology/rail_map.h"

namespace plumb::topology {
namespace {

constexpr std::size_t kNamed = 6;  // switches in one message

core::CheckRow row_for(const Graph& graph, const SwitchShape& one, std::string_view check, std::string_view status,
                       std::string observed, std::string expected, std::string advice) {
  return {"",
          std::string(graph.row(one.node).id),
          std::string(check),
          std::string(status),
          std::move(observed),
          std::move(expected),
          std::move(advice)};
}

/// Cables to each switch above: {2, 1, 1}.
std::vector<std::uint32_t> spread_of(const FabricShape& shape, const SwitchShape& one) {
  std::vector<std::uint32_t> spread;
  for (const auto& up : shape.uplinks(one.node)) {
    spread.push_back(up.cables);
  }
  return spread;
}

/// Of the switches of its tier with `usual` cables up, the one that shares most switches above with it; null for none.
const SwitchShape* nearest_whole(const Graph& graph, const FabricShape& shape, const SwitchShape& one,
                                 std::uint32_t usual) {
  std::map<NodeIndex, std::uint32_t> shared;
  for (const auto& up : shape.uplinks(one.node)) {
    for (const auto& hop : graph.hops(up.to)) {
      const auto* peer = shape.of(hop.to);
      if (peer != nullptr && peer->tier == one.tier && peer->up == usual && hop.to != one.node) {
        ++shared[hop.to];
      }
    }
  }
  const auto most = std::ranges::max_element(shared, {}, [](const auto& peer) { return peer.second; });
  return most == shared.end() ? nullptr : shape.of(most->first);
}

/// "; none to switch/spine2, switch/spine4 (2)": what its nearest peer has and this one lacks; empty where they are
/// wired apart.
std::string lacks(const Graph& graph, const FabricShape& shape, const SwitchShape& one, std::uint32_t usual) {
  const auto* peer = nearest_whole(graph, shape, one, usual);
  std::map<NodeIndex, std::uint32_t> has;
  for (const auto& up : shape.uplinks(one.node)) {
    has[up.to] = up.cables;
  }
  std::vector<std::string> texts;
  std::uint32_t lacking = 0;
  for (const auto& up : peer == nullptr ? std::vector<Uplinks>() : shape.uplinks(peer->node)) {
    if (const auto mine = has[up.to]; mine < up.cables) {
      lacking += up.cables - mine;
      texts.push_back(fmt::format("{} to {}", mine == 0 ? "none" : "too few", graph.row(up.to).id));
    }
  }
  std::ranges::sort(texts);
  const auto rest = texts.size() > kNamed ? fmt::format(" and {} more", texts.size() - kNamed) : "";
  texts.resize(std::min(texts.size(), kNamed));
  const auto elsewhere = lacking - std::min(lacking, usual - one.up);
  return texts.empty() || 2 * elsewhere > one.up ? "" : fmt::format("; {}{}", fmt::join(texts, ", "), rest);
}

/// One group of switches that should be alike.
class GroupJudge {
 public:
  GroupJudge(const Graph& graph, const FabricShape& shape, const Peers& peers, std::vector<core::CheckRow>& rows)
      : graph_(graph), shape_(shape), peers_(peers), rows_(rows), usual_up_(usual_uplinks(shape, peers)) {}

  std::size_t judge_uplinks() {
    std::size_t faults = 0;
    for (const auto i : peers_.judged) {
      if (lacks_uplinks(at(i))) {
        rows_.push_back(missing_uplinks(at(i)));
        ++faults;
      }
    }
    return faults;
  }

  /// As many cables as the others, but not spread as theirs are.
  std::size_t judge_spread() {
    if (usual_up_.value_or(0) == 0) {
      return 0;
    }
    std::map<std::uint32_t, std::vector<std::uint32_t>> spread;
    std::vector<std::vector<std::uint32_t>> all;
    for (const auto i : peers_.all) {
      if (at(i).up == *usual_up_) {
        all.push_back(spread[i] = spread_of(shape_, at(i)));
      }
    }
    const auto usual = clear_mode(std::move(all));
    std::size_t faults = 0;
    for (const auto i : peers_.judged) {
      if (usual && spread.contains(i) && spread[i] != *usual) {
        rows_.push_back(uneven(at(i), *usual));
        ++faults;
      }
    }
    return faults;
  }

  /// Leaves that serve more hosts, or whose cables up are slower, than their peers. Fewer cables up are told already.
  std::size_t judge_oversubscription(std::map<double, std::size_t>& leaves_by_ratio) {
    std::vector<double> ratios;
    for (const auto i : peers_.all) {
      if (has_ratio(at(i))) {
        ratios.push_back(ratio_of(at(i)));
      }
    }
    const auto usual = clear_mode(std::move(ratios));
    std::size_t faults = 0;
    for (const auto i : peers_.judged) {
      if (has_ratio(at(i))) {
        ++leaves_by_ratio[ratio_of(at(i))];
        if (usual && ratio_of(at(i)) > *usual && !lacks_uplinks(at(i))) {
          rows_.push_back(oversubscribed(at(i), *usual));
          ++faults;
        }
      }
    }
    return faults;
  }

  /// Leaves with fewer hosts than the others, when these are few. The last leaf of a group may be filled in part.
  std::size_t judge_hosts() {
    constexpr std::size_t kLeastLeaves = 4, kFewIsOneIn = 10;
    std::vector<std::uint32_t> counts;
    std::ranges::transform(peers_.all, std::back_inserter(counts), [&](std::uint32_t i) { return at(i).hosts; });
    const auto usual = clear_mode(counts).value_or(0);
    std::vector<std::uint32_t> fewer;
    std::ranges::copy_if(peers_.all, std::back_inserter(fewer), [&](std::uint32_t i) {
      return at(i).hosts > 0 && at(i).hosts < usual && i != peers_.all.back();
    });
    if (peers_.all.size() < kLeastLeaves || fewer.size() > std::max<std::size_t>(1, peers_.all.size() / kFewIsOneIn)) {
      return 0;
    }
    std::erase_if(fewer, [&](std::uint32_t i) { return std::ranges::find(peers_.judged, i) == peers_.judged.end(); });
    for (const auto i : fewer) {
      rows_.push_back(row_for(graph_, at(i), "hosts_a_leaf", "warn", fmt::format("{} hosts", at(i).hosts),
                              fmt::format("{}, as most of its peers", usual),
                              "look for a host that is off or whose cable is not seen"));
    }
    return fewer.size();
  }

  [[nodiscard]] bool is_of_leaves() const { return at(peers_.all.front()).tier == 1; }

 private:
  [[nodiscard]] const SwitchShape& at(std::uint32_t i) const { return shape_.switches()[i]; }
  [[nodiscard]] bool lacks_uplinks(const SwitchShape& one) const { return usual_up_ && one.up < *usual_up_; }
  [[nodiscard]] static bool has_ratio(const SwitchShape& one) { return one.hosts > 0 && one.up > 0; }
  [[nodiscard]] static double ratio_of(const SwitchShape& one) {
    constexpr double kSteps = 100;
    return std::round(one.host_Bps / one.up_Bps * kSteps) / kSteps;
  }

  /// A leaf with so few hosts that it is no more oversubscribed than the others may have been built so.
  [[nodiscard]] bool may_be_meant(const SwitchShape& one) const {
    std::vector<std::uint32_t> counts;
    std::ranges::transform(peers_.all, std::back_inserter(counts), [&](std::uint32_t i) { return at(i).hosts; });
    const auto usual_hosts = clear_mode(std::move(counts)).value_or(0);
    return one.tier == 1 && one.hosts < usual_hosts &&
           std::uint64_t{one.hosts} * *usual_up_ <= std::uint64_t{usual_hosts} * one.up;
  }

  [[nodiscard]] core::CheckRow missing_uplinks(const SwitchShape& one) const {
    const auto alike = std::ranges::count_if(peers_.all, [&](std::uint32_t i) { return at(i).up == *usual_up_; });
    const bool is_meant = may_be_meant(one);
    return row_for(
        graph_, one, "uplinks", is_meant ? "warn" : "fail",
        fmt::format("{} cables up{}", one.up, lacks(graph_, shape_, one, *usual_up_)),
        fmt::format("{}, as {} of {} {} switches", *usual_up_, alike, peers_.all.size(), class_of(graph_, one.node)),
        is_meant ? "fine if it was built so for its fewer hosts; else look at the cables that are missing"
                 : "look at the cables that are missing: unplugged, dead, or in another switch");
  }

  [[nodiscard]] core::CheckRow uneven(const SwitchShape& one, const std::vector<std::uint32_t>& usual) const {
    std::vector<std::string> texts;
    for (const auto& up : shape_.uplinks(one.node)) {
      if (texts.size() < kNamed && (up.cables > usual.front() || up.cables < usual.back())) {
        texts.push_back(fmt::format("{} to {}", up.cables, graph_.row(up.to).id));
      }
    }
    const auto missing = lacks(graph_, shape_, one, *usual_up_);
    return row_for(graph_, one, "symmetry", "fail",
                   fmt::format("its {} cables up go to {} switches: {}{}", one.up, shape_.uplinks(one.node).size(),
                               fmt::join(texts, ", "), missing),
                   fmt::format("{} cables to {} switches, {} to {} each, as its peers", *usual_up_, usual.size(),
                               usual.back(), usual.front()),
                   "a cable is in the wrong switch: move it to the one that lacks it");
  }

  [[nodiscard]] core::CheckRow oversubscribed(const SwitchShape& one, double usual) const {
    return row_for(graph_, one, "oversubscription", "warn",
                   fmt::format("{:.2f}:1 ({} down, {} up)", ratio_of(one), capacity_text(shape_, one.host_Bps),
                               capacity_text(shape_, one.up_Bps)),
                   fmt::format("{:.2f}:1, as most of its peers", usual),
                   "it serves more hosts than its peers, or its cables up are slower");
  }

  const Graph& graph_;
  const FabricShape& shape_;
  const Peers& peers_;
  std::vector<core::CheckRow>& rows_;
  std::optional<std::uint32_t> usual_up_;
};

std::string ratios_text(const std::map<double, std::size_t>& leaves_by_ratio) {
  const auto most = std::ranges::max_element(leaves_by_ratio, {}, [](const auto& one) { return one.second; });
  auto text = fmt::format("{:.2f}:1 on {} leaves", most->first, most->second);
  if (leaves_by_ratio.size() > 1) {
    text += fmt::format(", the others {:.2f}:1 to {:.2f}:1", leaves_by_ratio.begin()->first,
                        leaves_by_ratio.rbegin()->first);
  }
  return text;
}

void pass(std::vector<core::CheckRow>& rows, std::string_view check, std::string observed, std::string expected) {
  rows.push_back({"", "", std::string(check), "pass", std::move(observed), std::move(expected), ""});
}

}  // namespace

void check_uplinks(const Checked& checked, std::vector<core::CheckRow>& rows) {
  const FabricShape shape(checked.found);
  std::size_t missing = 0, uneven = 0, connected = 0;
  for (const auto& peers : peers_of(checked.found, shape)) {
    GroupJudge judge(checked.found, shape, peers, rows);
    missing += judge.judge_uplinks();
    uneven += judge.judge_spread();
    connected += static_cast<std::size_t>(
        std::ranges::count_if(peers.judged, [&](std::uint32_t i) { return shape.switches()[i].up > 0; }));
  }
  if (connected > 0 && missing == 0) {
    pass(rows, "uplinks", fmt::format("{} switches", connected), "as many cables up as their peers");
  }
  if (connected > 0 && missing == 0 && uneven == 0) {
    pass(rows, "symmetry", fmt::format("{} switches", connected), "cables up spread as those of their peers");
  }
}

void check_oversubscription(const Checked& checked, std::vector<core::CheckRow>& rows) {
  const FabricShape shape(checked.found);
  std::map<double, std::size_t> leaves_by_ratio;
  for (const auto& peers : peers_of(checked.found, shape)) {
    GroupJudge judge(checked.found, shape, peers, rows);
    if (judge.is_of_leaves()) {
      judge.judge_oversubscription(leaves_by_ratio);
    }
  }
  if (!leaves_by_ratio.empty()) {
    pass(rows, "oversubscription", ratios_text(leaves_by_ratio), "rate to hosts over rate up");
  }
}

/// Where hosts have several NICs, those of one host stand on several leaves: a missing one is for rails_missing to say.
void check_hosts_a_leaf(const Checked& checked, std::vector<core::CheckRow>& rows) {
  if (usual_nics(checked.found).value_or(1) > 1) {
    return;
  }
  const FabricShape shape(checked.found);
  for (const auto& peers : peers_of(checked.found, shape)) {
    if (GroupJudge judge(checked.found, shape, peers, rows); judge.is_of_leaves()) {
      judge.judge_hosts();
    }
  }
}

}  // namespace plumb::topology
