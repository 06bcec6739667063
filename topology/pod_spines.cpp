#include "topology/pod_spines.h"

#include <algorithm>

namespace plumb::topology {

std::vector<NodeIndex> spines_of(const Graph& graph, NodeIndex leaf) {
  std::vector<NodeIndex> spines;
  for (const auto& hop : graph.hops(leaf)) {
    if (graph.kind(hop.to) == NodeKind::network_switch && graph.row(hop.to).pod == graph.row(leaf).pod) {
      spines.push_back(hop.to);
    }
  }
  std::ranges::sort(spines);
  spines.erase(std::ranges::unique(spines).begin(), spines.end());
  return spines;
}

}  // namespace plumb::topology
