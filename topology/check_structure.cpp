#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "topology/checks.h"
#include "topology/clear_mode.h"
#include "topology/fabric_shape.h"
#include "topology/starved.h"

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

/// Cables that switches of a plane and tier were told to lack above them.
using Place = std::pair<std::uint32_t, core::Integer>;
using Lacking = std::map<Place, std::uint32_t>;

/// Cables that go to another switch than the usual spread has them; at least one.
std::uint32_t moved(const std::vector<std::uint32_t>& spread, const std::vector<std::uint32_t>& usual) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < usual.size(); ++i) {
    const auto has = i < spread.size() ? spread[i] : 0;
    number += usual[i] - std::min(usual[i], has);
  }
  return std::max(number, 1U);
}

/// One group of switches that should be alike.
class GroupJudge {
 public:
  GroupJudge(const Graph& graph, const FabricShape& shape, const Peers& peers, std::vector<core::CheckRow>& rows)
      : graph_(graph),
        shape_(shape),
        peers_(peers),
        rows_(rows),
        usual_up_(usual_cables(shape, peers, &SwitchShape::up)) {}

  std::size_t judge_uplinks(Lacking& lacking) {
    std::size_t faults = 0;
    for (const auto i : peers_.judged) {
      if (lacks_uplinks(at(i))) {
        rows_.push_back(missing_uplinks(at(i)));
        lacking[place_of(at(i))] += *usual_up_ - at(i).up;
        ++faults;
      }
    }
    return faults;
  }

  /// As many cables as the others, but not spread as theirs are.
  std::size_t judge_spread(Lacking& lacking) {
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
        lacking[place_of(at(i))] += moved(spread[i], *usual);
        ++faults;
      }
    }
    return faults;
  }

  /// A switch that lost so many cables down that the switches below which lack one are most. What these were told to
  /// lack is not told again.
  std::size_t judge_downlinks(Lacking& lacking) {
    const auto usual = usual_cables(shape_, peers_, &SwitchShape::down);
    std::size_t faults = 0;
    for (const auto i : peers_.judged) {
      const auto told = lacking[{at(i).plane, at(i).tier - 1}];
      if (usual && at(i).down<*usual&& * usual - at(i).down> told) {
        rows_.push_back(row_for(graph_, at(i), "symmetry", "fail", fmt::format("{} cables down", at(i).down),
                                fmt::format("{}, as most {} switches", *usual, class_of(graph_, at(i).node)),
                                "look at the cables that are missing; a part of the switch may be dead"));
        ++faults;
      }
    }
    return faults;
  }

 private:
  [[nodiscard]] const SwitchShape& at(std::uint32_t i) const { return shape_.switches()[i]; }
  [[nodiscard]] bool lacks_uplinks(const SwitchShape& one) const { return usual_up_ && one.up < *usual_up_; }
  [[nodiscard]] static Place place_of(const SwitchShape& one) { return {one.plane, one.tier}; }
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
    const bool is_meant = may_be_meant(one), is_clear = 3 * alike >= 2 * std::ssize(peers_.all);
    return row_for(
        graph_, one, "uplinks", is_meant || !is_clear ? "warn" : "fail",
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

  const Graph& graph_;
  const FabricShape& shape_;
  const Peers& peers_;
  std::vector<core::CheckRow>& rows_;
  std::optional<std::uint32_t> usual_up_;
};

/// Those about which no row says what is wrong yet.
std::size_t tell_starved(const Graph& graph, const FabricShape& shape, std::vector<core::CheckRow>& rows) {
  std::size_t faults = 0;
  for (const auto& one : starved_switches(graph, shape)) {
    const auto& id = graph.row(one.node).id;
    const bool is_told = std::ranges::any_of(rows, [&](const core::CheckRow& row) {
      return row.subject == id && (row.check == "uplinks" || row.check == "symmetry");
    });
    if (!is_told) {
      const auto cables = one.cables == 0 ? "no cable" : fmt::format("{} cables", one.cables);
      const auto to = one.to ? fmt::format(" to switches such as {}", graph.row(*one.to).id) : std::string();
      rows.push_back(row_for(graph, *shape.of(one.node), "symmetry", one.to ? "fail" : "warn", cables + to,
                             fmt::format("{}, as {} of {} that are called like it", one.usual, one.alike, one.all),
                             one.to ? "look at the cables that are missing; a part of the switch may be dead"
                                    : "is it dead, or not cabled yet?"));
      ++faults;
    }
  }
  return faults;
}

void pass(std::vector<core::CheckRow>& rows, std::string_view check, std::string observed, std::string expected) {
  rows.push_back({"", "", std::string(check), "pass", std::move(observed), std::move(expected), ""});
}

}  // namespace

void check_uplinks(const Checked& checked, std::vector<core::CheckRow>& rows) {
  const FabricShape shape(checked.found);
  const auto groups = peers_of(checked.found, shape);
  Lacking lacking;
  std::size_t missing = 0, uneven = 0, connected = 0;
  for (const auto& peers : groups) {
    GroupJudge judge(checked.found, shape, peers, rows);
    missing += judge.judge_uplinks(lacking);
    uneven += judge.judge_spread(lacking);
    connected += static_cast<std::size_t>(
        std::ranges::count_if(peers.judged, [&](std::uint32_t i) { return shape.switches()[i].up > 0; }));
  }
  for (const auto& peers : groups) {
    uneven += GroupJudge(checked.found, shape, peers, rows).judge_downlinks(lacking);
  }
  uneven += tell_starved(checked.found, shape, rows);
  if (connected > 0 && missing == 0) {
    pass(rows, "uplinks", fmt::format("{} switches", connected), "as many cables up as their peers");
  }
  if (connected > 0 && missing == 0 && uneven == 0) {
    pass(rows, "symmetry", fmt::format("{} switches", connected), "cables up spread as those of their peers");
  }
}

}  // namespace plumb::topology
