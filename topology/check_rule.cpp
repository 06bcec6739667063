#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>

#include "topology/checks.h"
#include "topology/fabric_shape.h"
#include "topology/rail_map.h"

namespace plumb::topology {
namespace {

constexpr std::size_t kNamed = 4;

/// How many parts have how much: {16: [leaf1, leaf2, leaf3], 15: [leaf4]}.
using Parts = std::map<std::size_t, std::vector<NodeIndex>>;

bool has_cable(const Graph& graph, NodeIndex host) { return !graph.hops(host).empty() || cabled_nics(graph, host) > 0; }

/// Of each host with a cable.
template <class Value>
Parts of_hosts(const Graph& graph, Value&& value) {
  Parts parts;
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    if (graph.kind(n) == NodeKind::host && has_cable(graph, n)) {
      parts[value(n)].push_back(n);
    }
  }
  return parts;
}

template <class Value>
Parts of_tier(const FabricShape& shape, core::Integer tier, Value&& value) {
  Parts parts;
  for (const auto& one : shape.switches()) {
    if (one.tier == tier) {
      parts[value(one)].push_back(one.node);
    }
  }
  return parts;
}

constexpr auto kOne = [](const auto&) { return std::size_t{1}; };
constexpr auto kHosts = [](const SwitchShape& one) { return std::size_t{one.hosts}; };
constexpr auto kUp = [](const SwitchShape& one) { return std::size_t{one.up}; };

using G = Graph;
using S = FabricShape;

/// A number that a rule asks for.
struct Asked {
  std::string_view what;
  bool is_count;  // of parts; else what each of them has
  Parts (*parts)(const G& graph, const S& shape);
};

constexpr std::array kAsked{
    Asked{"hosts", true, [](const G& g, const S&) { return of_hosts(g, kOne); }},
    Asked{"NICs a host", false,
          [](const G& g, const S&) { return of_hosts(g, [&](NodeIndex host) { return cabled_nics(g, host); }); }},
    Asked{"leaves", true, [](const G&, const S& shape) { return of_tier(shape, 1, kOne); }},
    Asked{"spines", true, [](const G&, const S& shape) { return of_tier(shape, 2, kOne); }},
    Asked{"cores", true, [](const G&, const S& shape) { return of_tier(shape, 3, kOne); }},
    Asked{"hosts a leaf", false, [](const G&, const S& shape) { return of_tier(shape, 1, kHosts); }},
    Asked{"cables up a leaf", false, [](const G&, const S& shape) { return of_tier(shape, 1, kUp); }},
    Asked{"cables up a spine", false, [](const G&, const S& shape) { return of_tier(shape, 2, kUp); }},
};

/// "64", or "16 on 3, 15 on 1".
std::string text_of(const Asked& asked, const Parts& parts) {
  std::vector<std::string> texts;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    texts.push_back(asked.is_count ? fmt::format("{}", part->second.size())
                                   : fmt::format("{} on {}", part->first, part->second.size()));
  }
  return texts.empty() ? "0" : fmt::format("{}", fmt::join(texts, ", "));
}

/// Parts that have what the rule gives to none, or to fewer.
std::vector<NodeIndex> deviating(const Parts& found, const Parts& planned) {
  std::vector<NodeIndex> nodes;
  for (const auto& [value, parts] : found) {
    const auto plan = planned.find(value);
    if (plan == planned.end() || 2 * plan->second.size() < parts.size()) {
      nodes.insert(nodes.end(), parts.begin(), parts.end());
    }
  }
  return nodes;
}

bool is_as_planned(const Parts& found, const Parts& planned) {
  return std::ranges::equal(found, planned, [](const auto& x, const auto& y) {
    return x.first == y.first && x.second.size() == y.second.size();
  });
}

core::CheckRow fault(const Graph& graph, const Asked& asked, const Parts& found, const Parts& planned) {
  auto nodes = asked.is_count ? std::vector<NodeIndex>() : deviating(found, planned);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min(nodes.size(), kNamed); ++i) {
    names.emplace_back(graph.row(nodes[i]).id);
  }
  const auto rest = nodes.size() > kNamed ? fmt::format(" and {} more", nodes.size() - kNamed) : "";
  const auto where = names.empty() ? "" : fmt::format(": {}{}", fmt::join(names, ", "), rest);
  return {"",
          nodes.size() == 1 ? names.front() : "",
          "rule",
          "fail",
          fmt::format("{}: {}{}", asked.what, text_of(asked, found), where),
          text_of(asked, planned),
          "look for what is missing or too much, or correct the rule"};
}

}  // namespace

void check_rule(const Checked& checked, std::vector<core::CheckRow>& rows) {
  if (checked.plan == nullptr || !checked.plan_is_rule) {
    return;
  }
  const FabricShape shape(checked.found), planned_shape(*checked.plan);
  std::size_t faults = 0;
  std::vector<std::string> right;
  for (const auto& asked : kAsked) {
    const auto found = asked.parts(checked.found, shape);
    const auto planned = asked.parts(*checked.plan, planned_shape);
    if (!is_as_planned(found, planned)) {
      rows.push_back(fault(checked.found, asked, found, planned));
      ++faults;
    } else if (asked.is_count && !planned.empty()) {
      right.push_back(fmt::format("{} {}", text_of(asked, found), asked.what));
    }
  }
  if (faults == 0) {
    rows.push_back({"", "", "rule", "pass", fmt::format("{}", fmt::join(right, ", ")), "", ""});
  }
}

}  // namespace plumb::topology
