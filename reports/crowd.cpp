#include "reports/crowd.h"

#include <algorithm>

#include "topology/fabric_shape.h"

namespace plumb::reports {
namespace {

using topology::Graph;
using topology::NodeIndex;
using topology::NodeKind;

/// By node: rate up that its peers have over its own, of switches that lack cables up.
std::vector<float> lacks_of(const Graph& graph) {
  const topology::FabricShape shape(graph);
  std::vector<float> lacks(graph.node_count(), 1);
  for (const auto& peers : topology::peers_of(graph, shape)) {
    const auto usual = topology::usual_cables(shape, peers, &topology::SwitchShape::up);
    for (const auto i : peers.judged) {
      const auto& one = shape.switches()[i];
      if (usual && one.up > 0 && one.up < *usual) {
        lacks[one.node] = static_cast<float>(*usual) / static_cast<float>(one.up);
      }
    }
  }
  return lacks;
}

}  // namespace

CrowdedWays::CrowdedWays(const Fabric& fabric, const Paths& paths)
    : paths_(paths), rate_Bps_(fabric.parts().size(), 0) {
  learn_rates(fabric);
}

void CrowdedWays::learn_rates(const Fabric& fabric) {
  const auto& graph = fabric.graph();
  const auto lacks = lacks_of(graph);
  for (topology::LinkIndex i = 0; i < graph.link_count(); ++i) {
    const auto& link = graph.link(i);
    const bool is_between = link.kind == topology::LinkKind::cable && graph.kind(link.a) == NodeKind::network_switch &&
                            graph.kind(link.b) == NodeKind::network_switch;
    if (const auto part = fabric.part_of_cable(i); is_between && part < rate_Bps_.size()) {
      const auto tier = [&](NodeIndex node) { return graph.row(node).tier.value_or(0); };
      const auto lower = tier(link.a) <= tier(link.b) ? link.a : link.b;
      rate_Bps_[part] = static_cast<float>(fabric.rates().of_cable(i).value_or(0)) * lacks[lower];
    }
  }
}

float CrowdedWays::share(const Touch& touch, const std::vector<Loads>& loads) const {
  double rate = 0, load = 0;
  const auto add = [&](std::uint32_t part) {
    rate += rate_Bps_[part];
    load += touch.direction == Direction::in ? loads[part].in : loads[part].out;
  };
  if (touch.is_bundle()) {
    std::ranges::for_each(paths_.touches.bundles()[touch.bundle()], add);
  } else {
    add(touch.part);
  }
  return rate > 0 && load > rate ? static_cast<float>(rate / load) : 1;
}

std::vector<float> CrowdedWays::shares(std::span<const std::uint32_t> flows) const {
  const auto& touches = paths_.touches;
  std::vector<double> Bps(touches.stretches(), 0);
  for (const auto flow : flows) {
    for (const auto stretch : touches.stretches_of(flow)) {
      Bps[stretch] += paths_.classes[paths_.class_of[flow]].line_rate_Bps;
    }
  }
  const auto loads = touches.by_part<Loads>(rate_Bps_.size(), [&](auto stretch, const Touch& touch) {
    const double load = Bps[stretch] * touch.weight;
    return touch.direction == Direction::in ? Loads{0, load} : Loads{load, 0};
  });
  std::vector<float> of_stretch(touches.stretches(), 1), shares;
  for (PathTouches::Stretch stretch = 0; stretch < of_stretch.size(); ++stretch) {
    for (const auto& touch : touches.touches_of(stretch)) {
      if (Bps[stretch] > 0 && touch.direction != Direction::both) {
        of_stretch[stretch] = std::min(of_stretch[stretch], share(touch, loads));
      }
    }
  }
  for (const auto flow : flows) {
    float least = 1;
    for (const auto stretch : touches.stretches_of(flow)) {
      least = std::min(least, of_stretch[stretch]);
    }
    shares.push_back(least);
  }
  return shares;
}

bool CrowdedWays::crosses(std::uint32_t path) const {
  bool found = false;
  paths_.touches.for_each(path, [&](const Touch& touch) {
    const auto& bundles = paths_.touches.bundles();
    const auto part = touch.is_bundle() ? bundles[touch.bundle()].front() : touch.part;
    found = found || rate_Bps_[part] > 0;
  });
  return found;
}

}  // namespace plumb::reports
