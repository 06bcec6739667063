#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

#include "topology/checks.h"
#include "topology/rail_map.h"

namespace plumb::topology {
namespace {

using Plugs = std::span<const RailPlug>;

/// "nic/n1/mlx5_0 (rail 0) is on switch/leaf2, which serves rail 1"
std::string text_of(const Graph& graph, const RailMap& map, const RailPlug& plug) {
  return fmt::format("{} (rail {}) is on {}, which serves rail {}", graph.row(plug.nic).id, plug.rail,
                     graph.row(plug.leaf).id, fmt::join(map.rails_of(plug.leaf), ","));
}

/// A host that lacks a NIC counts the NICs after it one too low; its cables are right when some rail further up fits
/// each.
bool fits_with_gaps(const RailMap& map, Plugs plugs) {
  std::optional<core::Integer> last;
  for (const auto& plug : plugs) {
    const auto home = map.rails_of(plug.leaf);
    const auto next = last ? std::ranges::upper_bound(home, *last) : home.begin();
    if (home.empty()) {
      continue;
    }
    if (next == home.end()) {
      return false;
    }
    last = *next;
  }
  return true;
}

/// One row for a host, whatever number of its NICs is on other rails.
core::CheckRow mismatch(const Graph& graph, const RailMap& map, const std::vector<RailPlug>& wrong) {
  const auto& first = wrong.front();
  const bool is_exchange =
      wrong.size() == 2 && map.serves(first.leaf, wrong[1].rail) && map.serves(wrong[1].leaf, first.rail);
  std::vector<std::string> texts;
  std::ranges::transform(wrong, std::back_inserter(texts), [&](const auto& plug) { return text_of(graph, map, plug); });
  const auto host = graph.host_of(first.nic);
  return {std::string(graph.row(first.nic).host),
          std::string(graph.row(wrong.size() > 1 && host ? *host : first.nic).id),
          "rail_mismatch",
          "fail",
          fmt::format("{}", fmt::join(texts, "; ")),
          "every NIC on a leaf of its rail",
          is_exchange ? "two cables are exchanged at the host: swap them back"
                      : "plug it into the leaf of its rail, with the same number as its neighbours"};
}

std::size_t check_mismatches(const Graph& graph, const RailMap& map, std::vector<core::CheckRow>& rows) {
  const auto usual = usual_nics(graph);
  const auto plugs = map.plugs();
  std::size_t wrong_hosts = 0;
  for (auto first = plugs.begin(); first != plugs.end();) {
    const auto host = graph.host_of(first->nic);
    const auto last = std::find_if(first, plugs.end(), [&](const auto& p) { return graph.host_of(p.nic) != host; });
    std::vector<RailPlug> wrong;
    std::copy_if(first, last, std::back_inserter(wrong), [&](const RailPlug& plug) {
      return !map.rails_of(plug.leaf).empty() && !map.serves(plug.leaf, plug.rail);
    });
    const bool lacks_some = host && usual && cabled_nics(graph, *host) < *usual;
    if (!wrong.empty() && !(lacks_some && fits_with_gaps(map, {first, last}))) {
      rows.push_back(mismatch(graph, map, wrong));
      ++wrong_hosts;
    }
    first = last;
  }
  return wrong_hosts;
}

/// Rails that have a leaf but no cable from this host.
std::string missing_rails(const Graph& graph, const RailMap& map, NodeIndex host) {
  std::vector<core::Integer> seen, missing;
  for (const auto nic : graph.nics_of(host)) {
    for (const auto& hop : graph.hops(nic)) {
      std::ranges::copy(map.rails_of(hop.to), std::back_inserter(seen));
    }
  }
  std::ranges::sort(seen);
  std::ranges::set_difference(map.rails(), seen, std::back_inserter(missing));
  return !map.is_rail_fabric() || missing.empty() ? "" : fmt::format("; no cable to rail {}", fmt::join(missing, ", "));
}

/// A host with far fewer NICs than most is another kind of machine, such as storage.
bool lacks_nics(std::size_t nics, std::size_t usual) { return nics < usual && (2 * nics > usual || nics + 1 == usual); }

}  // namespace

void check_rails(const Checked& checked, std::vector<core::CheckRow>& rows) {
  const auto& graph = checked.found;
  const RailMap map(graph);
  if (map.is_rail_fabric() && check_mismatches(graph, map, rows) == 0) {
    rows.push_back({"", "", "rail_mismatch", "pass",
                    fmt::format("{} cables on {} rails", map.plugs().size(), map.rails().size()),
                    "every NIC on a leaf of its rail", ""});
  }
}

void check_rails_missing(const Checked& checked, std::vector<core::CheckRow>& rows) {
  const auto& graph = checked.found;
  const auto usual = usual_nics(graph);
  if (!usual || *usual == 0) {
    return;
  }
  const RailMap map(graph);
  std::size_t lacking = 0, hosts = 0;
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    const auto nics = graph.nics_of(n).empty() ? *usual : cabled_nics(graph, n);
    hosts += graph.nics_of(n).empty() ? 0 : 1;
    if (lacks_nics(nics, *usual)) {
      const auto& row = graph.row(n);
      rows.push_back({std::string(row.host), std::string(row.id), "rails_missing", "warn",
                      fmt::format("{} NICs with a cable{}", nics, missing_rails(graph, map, n)),
                      fmt::format("{}, as most hosts", *usual),
                      "look whether the NIC is seen on the host, and whether its port is up"});
      ++lacking;
    }
  }
  if (lacking == 0) {
    rows.push_back(
        {"", "", "rails_missing", "pass", fmt::format("{} hosts", hosts), fmt::format("{} NICs a host", *usual), ""});
  }
}

}  // namespace plumb::topology
