#include "topology/ways.h"

#include <algorithm>

namespace plumb::topology {

/// False when a cable leads to no switch: such ways are PathFinder's.
bool Ways::add_entries(NodeIndex nic, std::vector<Entry>& entries) const {
  for (const auto& hop : graph_.hops(nic)) {
    if (graph_.kind(hop.to) != NodeKind::network_switch) {
      return false;
    }
    entries.push_back({nic, hop.link, hop.to});
  }
  return true;
}

bool Ways::find_entries(NodeIndex end, std::vector<Entry>& entries) const {
  entries.clear();
  if (graph_.kind(end) != NodeKind::host) {
    return graph_.kind(end) == NodeKind::nic && add_entries(end, entries) && !entries.empty();
  }
  if (!graph_.hops(end).empty()) {
    return add_entries(end, entries);
  }
  const auto nics = graph_.nics_of(end);
  return std::ranges::all_of(nics, [&](NodeIndex nic) { return add_entries(nic, entries); }) && !entries.empty();
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
      way_.cables.push_back({entry.cable, (graph_.link(entry.cable).a == entry.leaf) != is_source, entry.share});
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
  for (auto x = from_.begin(); x != from_.end(); ++x) {
    const auto is_same = [&](const Entry& e) { return e.leaf == x->leaf; };
    if (std::find_if(from_.begin(), x, is_same) != x) {
      continue;
    }
    float share = 0;
    std::ranges::for_each(from_, [&](const Entry& e) { share += is_same(e) ? e.share : 0; });
    for (const auto& bundle : between_.between(x->leaf, x->peer).bundles) {
      if (bundle.share * share >= PathFinder::kLeastShare) {
        way_.bundles.push_back({bundle.bundle, bundle.forward, bundle.share * share});
      }
    }
  }
}

const SharedWay& Ways::shortest(NodeIndex from, NodeIndex to) {
  way_.cables.clear();
  way_.nodes.clear();
  way_.bundles.clear();
  way_.switches = 0;
  if (from == to) {
    return way_;
  }
  const bool is_inside = graph_.host_of(from) && graph_.host_of(from) == graph_.host_of(to);
  if (is_inside || !find_entries(from, from_) || !find_entries(to, to_) || !choose_leaves()) {
    way_.bundles.clear();
    static_cast<Way&>(way_) = finder_.shortest(from, to);
    return way_;
  }
  if (way_.switches > 0) {
    share_out(from);
    arrive();
    add_end(from, from_, true);
    add_between();
    add_end(to, to_, false);
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
  static_cast<Way&>(way_) = finder_.along(from, cables);
  return way_;
}

}  // namespace plumb::topology
