#include "reports/planted_faults.h"

#include <fmt/format.h>

#include "reports/planter.h"

namespace plumb::reports {

PlantedFaults plant(const SimulatedFabric& fabric, const SimulateOptions& options, Ends ends, int night) {
  Planter planter(fabric, options, ends);
  for (const auto& order : options.plan.orders) {
    if (order.kind != FaultKind::regression || night >= options.regression_at) {
      planter.plant(order);
    }
  }
  return planter.take();
}

std::string pcie_id(const topology::Graph& graph, const SimulatedEnd& end) {
  if (end.pcie != kNoIndex) {
    return std::string(graph.link_row(end.pcie).id);
  }
  return fmt::format("{}--{}", graph.row(end.gpu == kNoNode ? end.host : end.gpu).id, graph.row(end.nic).id);
}

}  // namespace plumb::reports
