#include "topology/check.h"

#include <array>

#include "topology/checks.h"

namespace plumb::topology {
namespace {

constexpr std::array kChecks{
    MapCheck{"cable", check_cables},
    MapCheck{"link", check_link_speed},
    MapCheck{"pcie", check_pcie_speed},
    MapCheck{"errors", check_counters},
    MapCheck{"rail_mismatch", check_rails},
    MapCheck{"rails_missing", check_rails_missing},
    MapCheck{"uplinks", check_uplinks},
    MapCheck{"oversubscription", check_oversubscription},
    MapCheck{"hosts_a_leaf", check_hosts_a_leaf},
    MapCheck{"tier", check_tiers},
    MapCheck{"islands", check_islands},
    MapCheck{"bisection", check_bisection},
    MapCheck{"rule", check_rule},
    MapCheck{"duplicate", check_duplicates},
    MapCheck{"firmware", check_firmware},
};

}  // namespace

std::span<const MapCheck> map_checks() { return kChecks; }

std::vector<core::CheckRow> check_map(const Checked& checked) {
  std::vector<core::CheckRow> rows;
  for (const auto& check : kChecks) {
    check.run(checked, rows);
  }
  return rows;
}

}  // namespace plumb::topology
