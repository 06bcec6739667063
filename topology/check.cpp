#include "topology/check.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>

#include "topology/checks.h"

namespace plumb::topology {
namespace {

constexpr std::array kChecks{
    MapCheck{"cable", check_cables},
    MapCheck{"link", check_link_speed},
    MapCheck{"pcie", check_pcie_speed},
    MapCheck{"errors", check_counters},
    MapCheck{"rail_mismatch", check_rails, true},
    MapCheck{"rails_missing", check_rails_missing, true},
    MapCheck{"uplinks", check_uplinks, true},
    MapCheck{"oversubscription", check_oversubscription, true},
    MapCheck{"hosts_a_leaf", check_hosts_a_leaf, true},
    MapCheck{"tier", check_tiers, true},
    MapCheck{"islands", check_islands, true},
    MapCheck{"bisection", check_bisection, true},
    MapCheck{"rule", check_rule},
    MapCheck{"duplicate", check_duplicates},
    MapCheck{"firmware", check_firmware},
    MapCheck{"clique", check_cliques},
};

/// What `check` tells of the map, without what it does not tell of the plan, too.
std::vector<core::CheckRow> shape_rows(const MapCheck& check, const Checked& checked) {
  std::vector<core::CheckRow> rows, planned;
  check.run({checked.found}, rows);
  check.run({*checked.plan}, planned);
  std::erase_if(rows, [&](const core::CheckRow& row) {
    return row.is_fault() && std::ranges::none_of(planned, [&](const core::CheckRow& other) {
             return other.is_fault() && other.check == row.check && other.subject == row.subject;
           });
  });
  return rows;
}

/// Of several rows about the rate of one link, that which tells most.
void keep_most_telling(std::vector<core::CheckRow>& rows) {
  constexpr std::array<std::string_view, 4> kBestFirst{"link_width", "link_speed", "cable_slower_than_plan",
                                                       "link_slower_than_peers"};
  const auto rank = [&](const core::CheckRow& row) { return std::ranges::find(kBestFirst, row.check); };
  std::map<std::string, decltype(kBestFirst.begin())> best;
  for (const auto& row : rows) {
    if (rank(row) != kBestFirst.end()) {
      const auto [known, is_new] = best.emplace(row.subject, rank(row));
      known->second = std::min(known->second, rank(row));
    }
  }
  std::erase_if(rows, [&](const core::CheckRow& row) {
    return rank(row) != kBestFirst.end() && rank(row) != best.at(row.subject);
  });
}

}  // namespace

std::span<const MapCheck> map_checks() { return kChecks; }

std::vector<core::CheckRow> check_map(const Checked& checked) {
  std::vector<core::CheckRow> rows;
  for (const auto& check : kChecks) {
    if (check.is_of_shape && checked.plan != nullptr && !checked.plan_is_rule) {
      std::ranges::move(shape_rows(check, checked), std::back_inserter(rows));
    } else {
      check.run(checked, rows);
    }
  }
  keep_most_telling(rows);
  return rows;
}

}  // namespace plumb::topology
