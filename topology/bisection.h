// What flows between the halves of a fabric.
#pragma once

#include <string>
#include <vector>

#include "topology/fabric_shape.h"

namespace plumb::topology {

/// One cut: the first half of the hosts against the rest.
struct Bisection {
  std::string pod;          // the one that is cut between its leaves; empty: the whole fabric
  bool is_of_pods = false;  // whole pods on each side
  std::size_t hosts = 0;
  double flow_Bps = 0;      // the most that goes from one half to the other
  double full_Bps = 0;      // what the NICs of the smaller half could send
  double expected_Bps = 0;  // were every switch cabled up as most of its peers are; flow_Bps where all are

  [[nodiscard]] double fraction() const { return full_Bps > 0 ? flow_Bps / full_Bps : 0; }
};

/// The fabric cut between pods, and each pod between its leaves; without pods, the fabric between its leaves. By
/// natural order of names, so that the same map is always cut alike. None where there is nothing to cut.
std::vector<Bisection> bisections(const Graph& graph, const FabricShape& shape);

}  // namespace plumb::topology
