#include "topology/map_bundles.h"

#include <algorithm>
#include <tuple>

namespace plumb::topology {
namespace {

constexpr std::size_t kLinesByRail = 760;  // more are one line for all rails, so that the picture stays small

class Gatherer {
 public:
  explicit Gatherer(const Drawing& drawing) : d_(drawing) {
    for (LinkIndex i = 0; i < d_.graph.link_count(); ++i) {
      hang_on_lanes(d_.graph.link(i));
    }
  }

  std::map<BundleKey, Bundle> gather(bool by_rail) {
    std::map<BundleKey, Bundle> bundles;
    for (LinkIndex i = 0; i < d_.graph.link_count(); ++i) {
      if (d_.graph.link(i).kind == LinkKind::cable) {
        add(i, by_rail, bundles);
      }
    }
    for (std::uint32_t f = 0; f < d_.conditions.faults.size(); ++f) {
      add_missing(f, bundles);
    }
    return bundles;
  }

 private:
  [[nodiscard]] bool is_drawn(NodeIndex node) const { return d_.rows.cluster_of[node] != kNoPlace; }
  [[nodiscard]] bool is_cell(NodeIndex node) const { return is_drawn(node) && d_.is_whole(d_.rows.cluster_of[node]); }
  [[nodiscard]] std::uint32_t block_of(NodeIndex nic) const { return d_.block_of[d_.rows.cluster_of[nic]]; }
  [[nodiscard]] std::uint32_t tier_of(NodeIndex node) const { return d_.rows.clusters[d_.rows.cluster_of[node]].tier; }

  /// Counts how many NICs of a lane share a leaf.
  void hang_on_lanes(const Link& link) {
    for (const auto& [nic, leaf] : {std::pair(link.a, link.b), std::pair(link.b, link.a)}) {
      if (link.kind == LinkKind::cable && is_cell(nic) && !is_cell(leaf) && d_.lane[nic] != kNoPlace) {
        const auto cables = ++on_leaf_[{block_of(nic), d_.lane[nic], leaf}];
        auto& most = most_in_lane_[{block_of(nic), d_.lane[nic]}];
        most = std::max(most, cables);
      }
    }
  }

  /// A NIC whose leaf its lane does not share has a line of its own: such a cable may be in the wrong switch.
  [[nodiscard]] Anchor anchor_of(NodeIndex node, NodeIndex other, bool alone) const {
    if (!is_cell(node)) {
      return {Anchor::Kind::box, d_.rows.cluster_of[node], 0};
    }
    const auto found = on_leaf_.find({block_of(node), d_.lane[node], other});
    const bool shared = !alone && found != on_leaf_.end() && found->second > 1 &&
                        4 * found->second >= most_in_lane_.at({block_of(node), d_.lane[node]});
    return shared ? Anchor{Anchor::Kind::lane, block_of(node), d_.lane[node]} : Anchor{Anchor::Kind::cell, node, 0};
  }

  [[nodiscard]] int rail_of(NodeIndex a, NodeIndex b) const {
    const auto of = [&](NodeIndex n) { return d_.rows.rail_of[n]; };
    const auto is_nic = [&](NodeIndex n) { return d_.graph.kind(n) == NodeKind::nic; };
    return is_nic(a) ? of(a) : is_nic(b) ? of(b) : of(a) == of(b) ? of(a) : kNoRail;
  }

  [[nodiscard]] BundleKey key_of(NodeIndex a, NodeIndex b, bool alone) const {
    if (std::pair(tier_of(a), d_.rows.cluster_of[a]) > std::pair(tier_of(b), d_.rows.cluster_of[b])) {
      std::swap(a, b);
    }
    return {tier_of(a), tier_of(b), anchor_of(a, b, alone), anchor_of(b, a, alone), rail_of(a, b)};
  }

  void add(LinkIndex index, bool by_rail, std::map<BundleKey, Bundle>& bundles) const {
    const auto& link = d_.graph.link(index);
    if (!is_drawn(link.a) || !is_drawn(link.b)) {
      return;
    }
    const auto condition = d_.conditions.of_link[index];
    const bool alone = d_.faults_of_link.contains(index) || (d_.rows.hosts_are_whole && condition >= Condition::absent);
    auto key = key_of(link.a, link.b, alone);
    if (key.upper == key.lower) {
      return;
    }
    key.rail = by_rail ? key.rail : kNoRail;
    key.condition = condition;
    key.alone = alone ? index : kNoPlace;
    const double rate = d_.graph.link_row(index).rate_Bps.value_or(0);
    bundles[key].add({key, 1, rate, rate, rate, index});
  }

  void add_missing(std::uint32_t number, std::map<BundleKey, Bundle>& bundles) const {
    const auto& fault = d_.conditions.faults[number];
    const bool is_shown = number < kNumbered || d_.rows.hosts_are_whole;
    if (fault.where == Fault::Where::no_cable && is_shown && is_drawn(fault.a) && is_drawn(fault.b)) {
      auto key = key_of(fault.a, fault.b, true);
      key.condition = fault.condition;
      key.missing = number;
      if (key.upper != key.lower) {
        bundles[key] = {key, 1};
      }
    }
  }

  const Drawing& d_;
  std::map<std::tuple<std::uint32_t, std::uint32_t, NodeIndex>, std::size_t> on_leaf_;  // by block, lane and leaf
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> most_in_lane_;         // by block and lane
};

}  // namespace

void Bundle::add(const Bundle& other) {
  key = other.key;
  first = cables == 0 ? other.first : first;
  cables += other.cables;
  rate_Bps += other.rate_Bps;
  slowest_Bps = std::min(slowest_Bps, other.slowest_Bps);
  fastest_Bps = std::max(fastest_Bps, other.fastest_Bps);
}

std::vector<Bundle> bundles_of(const Drawing& drawing) {
  Gatherer gatherer(drawing);
  auto by_key = gatherer.gather(true);
  if (by_key.size() > kLinesByRail && !drawing.rows.hosts_are_whole) {
    by_key = gatherer.gather(false);
  }
  std::vector<Bundle> bundles;
  for (const auto& [key, bundle] : by_key) {
    bundles.push_back(bundle);
  }
  return bundles;
}

}  // namespace plumb::topology
