#include "topology/max_flow.h"

#include <lemon/preflow.h>
#include <lemon/smart_graph.h>

#include <cmath>

namespace plumb::topology {

double max_flow(std::uint32_t nodes, std::span<const FlowCable> cables, std::span<const FlowEnd> sources,
                std::span<const FlowEnd> sinks) {
  using Network = lemon::SmartDigraph;
  using Capacities = Network::ArcMap<std::int64_t>;
  Network network;
  network.reserveNode(static_cast<int>(nodes) + 2);
  network.reserveArc(static_cast<int>(2 * cables.size() + sources.size() + sinks.size()));
  for (std::uint32_t i = 0; i < nodes; ++i) {
    network.addNode();
  }
  const auto source = network.addNode(), sink = network.addNode();
  const auto node = [&](std::uint32_t number) { return Network::nodeFromId(static_cast<int>(number)); };
  Capacities capacity(network);
  const auto join = [&](Network::Node from, Network::Node to, double most) {
    capacity[network.addArc(from, to)] = std::llround(most);
  };
  for (const auto& cable : cables) {
    join(node(cable.a), node(cable.b), cable.capacity);
    join(node(cable.b), node(cable.a), cable.capacity);
  }
  for (const auto& end : sources) {
    join(source, node(end.node), end.capacity);
  }
  for (const auto& end : sinks) {
    join(node(end.node), sink, end.capacity);
  }
  lemon::Preflow<Network, Capacities> preflow(network, capacity, source, sink);
  preflow.runMinCut();  // its value is that of the flow
  return static_cast<double>(preflow.flowValue());
}

}  // namespace plumb::topology
