#include <algorithm>

#include "reports/derived_checks.h"
#include "topology/checks.h"

namespace plumb::reports {
namespace {

/// More of them than this are how the fabric was built, not how it failed.
constexpr double kFewOfAll = 0.05;

}  // namespace

void derive_from_links(const topology::Graph& graph, std::vector<CheckSource>& rows) {
  std::vector<core::CheckRow> found;
  topology::check_link_speed({graph}, found);
  topology::check_pcie_speed({graph}, found);
  for (const std::string_view check : {"link_slower_than_peers", "pcie_slower_than_peers"}) {
    const auto is_of = [&](const core::CheckRow& row) { return row.check == check; };
    const auto many = kFewOfAll * static_cast<double>(graph.link_count());
    if (static_cast<double>(std::ranges::count_if(found, is_of)) > many) {
      std::erase_if(found, is_of);
    }
  }
  for (auto& row : found) {
    if (row.status != "pass") {
      rows.push_back({std::move(row), "links.csv", std::nullopt});
    }
  }
}

}  // namespace plumb::reports
