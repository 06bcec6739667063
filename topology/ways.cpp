#include "topology/ways.h"

#include <algorithm>

namespace plumb::topology {

Ways::End::End(const Graph& graph, NodeIndex node) : node_(node), host_(graph.host_of(node).value_or(kNone)) {
  if (!find_entries(graph)) {
    entries_.clear();
  }
}

/// False when a cable leads to no switch.
bool Ways::End::add_entries(const Graph& graph, NodeIndex nic) {
  for (const auto& hop : graph.hops(nic)) {
    if (graph.kind(hop.to) != NodeKind::network_switch) {
      return false;
    }
    entries_.push_back({nic, hop.link, hop.to, graph.link(hop.link).b == hop.to});
  }
  return true;
}

bool Ways::End::find_entries(const Graph& graph) {
  if (graph.kind(node_) != NodeKind::host) {
    return graph.kind(node_) == NodeKind::nic && add_entries(graph, node_);
  }
  if (!graph.hops(node_).empty()) {
    return add_entries(graph, node_);
  }
  return std::ranges::all_of(graph.nics_of(node_), [&](NodeIndex nic) { return add_entries(graph, nic); });
}

/// Keeps the entries of the shortest ways. False when two leaves at the far end are equally near to one at this end:
/// the ways to both part somewhere between, and only PathFinder knows where.
bool Ways::choose_leaves() {
  std::uint32_t least = kNone;
  for (auto& x : from_) {
    std::uint32_t nearest = kNone;
    for (const auto& y : to_) {
      const auto switches = between_.switches_between(x.leaf, y.leaf);
      if (switches == 0 || switches > nearest || switches > least) {
        continue;
      }
      if (switches == nearest && x.peer != y.leaf) {
        return false;
      }
      nearest = switches;
      x.peer = y.leaf;
    }
    if (nearest < least) {  // those before were farther
      least = nearest;
      std::for_each(from_.data(), &x, [](Entry& farther) { farther.peer = kNone; });
    }
  }
  std::erase_if(from_, [](const Entry& entry) { return entry.peer == kNone; });
  std::erase_if(to_, [&](const Entry& y) {
    return std::ranges::none_of(from_, [&](const Entry& x) { return x.peer == y.leaf; });
  });
  way_.switches = from_.empty() ? 0 : least;
  return true;
}

/// Evenly over the NICs that lead on, then over the cables of each.
void Ways::share_out(NodeIndex from) {
  std::size_t nics = 0;
  for (std::size_t i = 0; i < from_.size(); ++i) {
    nics += i == 0 || from_[i].nic != from_[i - 1].nic ? 1 : 0;
  }
  for (auto& entry : from_) {
    const auto cables = std::ranges::count(from_, entry.nic, &Entry::nic);
    entry.share = 1 / static_cast<float>(entry.nic == from ? from_.size() : nics * static_cast<std::size_t>(cables));
  }
}

/// What comes to a leaf goes on evenly over its cables to the end.
void Ways::arrive() {
  for (auto& y : to_) {
    float share = 0;
    for (const auto& x : from_) {
      share += x.peer == y.leaf ? x.share : 0;
    }
    y.share = share / static_cast<float>(std::ranges::count(to_, y.leaf, &Entry::leaf));
  }
}

void Ways::add_end(NodeIndex end, const std::vector<Entry>& entries, bool is_source) {
  for (const auto& entry : entries) {
    if (entry.share >= PathFinder::kLeastShare) {
      way_.cables.push_back({entry.cable, entry.is_up == is_source, entry.share});
    }
  }
  const auto add_once = [&](NodeIndex Entry::*node) {
    for (auto entry = entries.begin(); entry != entries.end(); ++entry) {
      const auto at = (*entry).*node;
      if (std::find_if(entries.begin(), entry, [&](const Entry& e) { return e.*node == at; }) == entry) {
        float share = 0;
        std::ranges::for_each(entries, [&](const Entry& e) { share += e.*node == at ? e.share : 0; });
        if (share >= PathFinder::kLeastShare) {
          way_.nodes.push_back({at, share});
        }
      }
    }
  };
  if (entries.front().nic != end) {
    add_once(&Entry::nic);
  }
  if (is_source || way_.switches > 1) {  // a leaf that both ends share is met once
    add_once(&Entry::leaf);
  }
}

void Ways::add_between() {
  std::size_t leaves = 0;
  for (auto x = from_.begin(); x != from_.end(); ++x) {
    const auto is_same = [&](const Entry& e) { return e.leaf == x->leaf; };
    if (std::find_if(from_.begin(), x, is_same) != x) {
      continue;
    }
    ++leaves;
    float share = 0;
    std::ranges::for_each(from_, [&](const Entry& e) { share += is_same(e) ? e.share : 0; });
    const auto& between = between_.between(x->leaf, x->peer);
    for (std::size_t i = 0; i < between.bundles.size(); ++i) {
      const auto& [bundle, forward, of_it] = between.bundles[i];
      if (of_it * share >= PathFinder::kLeastShare) {
        way_.bundles.push_back({bundle, forward, of_it * share});
        way_.at_source.bundles += i < between.first ? 1 : 0;
        way_.at_destination.bundles += i + between.last >= between.bundles.size() ? 1 : 0;
      }
    }
  }
  if (leaves > 1) {  // their bundles stand one after the other
    way_.at_source.bundles = way_.at_destination.bundles = 0;
  }
}

const SharedWay& Ways::shortest(NodeIndex from, NodeIndex to) { return shortest(End(graph_, from), End(graph_, to)); }

const SharedWay& Ways::shortest(const End& from, const End& to) {
  way_.cables.clear();
  way_.nodes.clear();
  way_.bundles.clear();
  way_.at_source = way_.at_destination = {};
  way_.switches = 0;
  if (from.node_ == to.node_) {
    return way_;
  }
  from_ = from.entries_;
  to_ = to.entries_;
  const bool is_inside = from.host_ != kNone && from.host_ == to.host_;
  if (is_inside || from_.empty() || to_.empty() || !choose_leaves()) {
    static_cast<Way&>(way_) = finder_.shortest(from.node_, to.node_);
    return way_;
  }
  if (way_.switches > 0) {
    share_out(from.node_);
    arrive();
    add_end(from.node_, from_, true);
    way_.at_source.cables = way_.cables.size();
    way_.at_source.nodes = way_.nodes.size();
    add_between();
    add_end(to.node_, to_, false);
    way_.at_destination.cables = way_.cables.size() - way_.at_source.cables;
    way_.at_destination.nodes = way_.nodes.size() - way_.at_source.nodes;
  }
  return way_;
}

Way Ways::whole(const SharedWay& way) const {
  Way apart = way;
  for (const auto& [bundle, forward, share] : way.bundles) {
    for (const auto member : bundles().members(bundle)) {
      if (bundles().has_cables(bundle)) {
        apart.cables.push_back({member, forward, share});
      } else {
        apart.nodes.push_back({member, share});
      }
    }
  }
  return apart;
}

const SharedWay& Ways::along(NodeIndex from, std::span<const LinkIndex> cables) {
  way_.bundles.clear();
  way_.at_source = way_.at_destination = {};
  static_cast<Way&>(way_) = finder_.along(from, cables);
  return way_;
}

}  // namespace plumb::topology
