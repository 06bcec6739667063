#include "topology/starved.h"

#include <algorithm>
#include <map>

#include "topology/clear_mode.h"

namespace plumb::topology {
namespace {

/// "switch/p#-spine#".
std::string pattern_of(std::string_view id) {
  std::string pattern;
  for (const auto c : id) {
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit || !pattern.ends_with('#')) {
      pattern += is_digit ? '#' : c;
    }
  }
  return pattern;
}

struct Counts {
  NodeIndex node = 0;
  std::uint32_t hosts = 0, cables = 0, leaves = 0;  // leaves: cables to switches with hosts
};

Counts counts_of(const Graph& graph, const FabricShape& shape, const SwitchShape& one) {
  Counts counts{one.node, one.hosts, 0, 0};
  for (const auto& hop : graph.hops(one.node)) {
    const auto* other = shape.of(hop.to);
    counts.cables += 1;
    counts.leaves += other != nullptr && other->hosts > 0 ? 1U : 0U;
  }
  return counts;
}

/// Of switches that are called alike.
void add_starved(const std::vector<Counts>& switches, std::vector<StarvedSwitch>& starved) {
  const auto all = [&](std::uint32_t Counts::*member) {
    std::vector<std::uint32_t> values;
    std::ranges::transform(switches, std::back_inserter(values), member);
    return values;
  };
  const auto usual_hosts = clear_mode(all(&Counts::hosts)).value_or(1);
  const auto add_below_half = [&](const Counts& one, std::uint32_t Counts::*member) {
    const auto values = all(member);
    const auto usual = clear_mode(values).value_or(0);
    const bool is_starved = 2 * one.*member < usual;
    if (is_starved) {
      starved.push_back({one.node, one.cables == 0, one.*member, usual, member == &Counts::leaves,
                         static_cast<std::size_t>(std::ranges::count(values, usual)), values.size()});
    }
    return is_starved;
  };
  for (const auto& one : switches) {
    const bool may_differ = one.hosts > 0 || (one.cables > 0 && usual_hosts > 0);  // a leaf that is half full
    if (!may_differ && !add_below_half(one, &Counts::cables)) {
      add_below_half(one, &Counts::leaves);
    }
  }
}

}  // namespace

std::vector<StarvedSwitch> starved_switches(const Graph& graph, const FabricShape& shape) {
  std::map<std::string, std::vector<Counts>> named_alike;
  for (const auto& one : shape.switches()) {
    named_alike[pattern_of(graph.row(one.node).id)].push_back(counts_of(graph, shape, one));
  }
  std::vector<StarvedSwitch> starved;
  for (const auto& [pattern, switches] : named_alike) {
    add_starved(switches, starved);
  }
  return starved;
}

}  // namespace plumb::topology
