#include "topology/end_places.h"

namespace plumb::topology {

EndPlace EndPlaces::of(NodeIndex end, const Hop& to_leaf) {
  const auto of_leaf = graph_.row(to_leaf.to).pod;
  const auto pod = of_leaf.empty() ? graph_.row(end).pod : of_leaf;
  const auto number = pods_.emplace(pod, static_cast<std::uint32_t>(pods_.size())).first->second;
  return {to_leaf.to, number, graph_.link_row(to_leaf.link).rate_Bps.value_or(0)};
}

}  // namespace plumb::topology
