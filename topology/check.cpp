#include "topology/check.h"

#include <array>

#include "topology/checks.h"

namespace plumb::topology {
namespace {

constexpr std::array kChecks{
    MapCheck{"cable", check_cables},
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
