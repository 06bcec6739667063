#include "topology/starved.h"

#include <algorithm>
#include <map>
#include <set>

#include "topology/clear_mode.h"

namespace plumb::topology {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "switch/p#-spine#".
std::string pattern_of(std::string_view id) {
  std::string pattern;
  for (const auto c : id) {
    if (!is_digit(c) || !pattern.ends_with('#')) {
      pattern += is_digit(c) ? '#' : c;
    }
  }
  return pattern;
}

/// "switch/p3-spine": what those of one pod share.
std::string_view without_last_number(std::string_view id) {
  const auto last = id.find_last_of("0123456789");
  const auto before = last == std::string_view::npos ? last : id.find_last_not_of("0123456789", last);
  return id.substr(0, before == std::string_view::npos ? id.size() : before + 1);
}

/// Cables to switches of one name.
struct Count {
  std::uint32_t cables = 0;
  NodeIndex to = 0;
};

struct Switch {
  const SwitchShape* shape = nullptr;
  std::uint32_t cables = 0;                   // to whatever
  std::map<std::string_view, Count> by_name;  // of the switches at the other end
};

using NamedAlike = std::vector<Switch>;

class Finder {
 public:
  Finder(const Graph& graph, const FabricShape& shape) : graph_(graph), patterns_(graph.node_count()) {
    for (const auto& one : shape.switches()) {
      patterns_[one.node] = pattern_of(graph.row(one.node).id);
    }
    std::map<std::string_view, NamedAlike> groups;
    for (const auto& one : shape.switches()) {
      groups[patterns_[one.node]].push_back(counted(one));
    }
    for (const auto& [name, group] : groups) {
      judge(group);
    }
  }

  [[nodiscard]] std::vector<StarvedSwitch> found() && { return std::move(found_); }

 private:
  [[nodiscard]] Switch counted(const SwitchShape& shape) const {
    Switch counts{&shape, static_cast<std::uint32_t>(graph_.hops(shape.node).size()), {}};
    for (const auto& hop : graph_.hops(shape.node)) {
      if (!patterns_[hop.to].empty()) {
        auto& count = counts.by_name[patterns_[hop.to]];
        count = {count.cables + 1, hop.to};
      }
    }
    return counts;
  }

  void judge(const NamedAlike& group) {
    std::vector<std::uint32_t> hosts;
    std::map<std::string_view, NodeIndex> others;
    for (const auto& one : group) {
      hosts.push_back(one.shape->hosts);
      for (const auto& [name, count] : one.by_name) {
        others.emplace(name, count.to);
      }
    }
    const bool have_hosts = clear_mode(hosts).value_or(1) > 0;  // half-full leaves are no fault
    for (const auto& [name, example] : others) {
      judge(group, name, example, have_hosts);
    }
  }

  void judge(const NamedAlike& group, std::string_view name, NodeIndex example, bool have_hosts) {
    std::vector<std::uint32_t> cables;
    for (const auto& one : group) {
      const auto count = one.by_name.find(name);
      cables.push_back(count == one.by_name.end() ? 0 : count->second.cables);
    }
    const auto usual = clear_mode(cables);
    if (!usual || *usual == 0) {
      return;
    }
    std::set<std::string_view> sound;
    for (std::size_t i = 0; i < group.size(); ++i) {
      if (2 * cables[i] >= *usual) {
        sound.insert(without_last_number(id_of(group[i])));
      }
    }
    for (std::size_t i = 0; i < group.size(); ++i) {
      const bool may_differ = group[i].shape->hosts > 0 || (group[i].cables > 0 && have_hosts);
      if (!may_differ && 2 * cables[i] < *usual && sound.contains(without_last_number(id_of(group[i])))) {
        tell(group[i], {group[i].shape->node, example, cables[i], *usual,
                        static_cast<std::size_t>(std::ranges::count(cables, *usual)), cables.size()});
      }
    }
  }

  void tell(const Switch& one, StarvedSwitch starved) {
    const auto is_same = [&](const StarvedSwitch& other) { return other.node == starved.node; };
    if (std::ranges::none_of(found_, is_same)) {
      starved.to = one.cables == 0 ? std::nullopt : starved.to;
      found_.push_back(starved);
    }
  }

  [[nodiscard]] std::string_view id_of(const Switch& one) const { return graph_.row(one.shape->node).id; }

  const Graph& graph_;
  std::vector<std::string> patterns_;  // by node; empty for what is no switch
  std::vector<StarvedSwitch> found_;
};

}  // namespace

std::vector<StarvedSwitch> starved_switches(const Graph& graph, const FabricShape& shape) {
  return Finder(graph, shape).found();
}

}  // namespace plumb::topology
