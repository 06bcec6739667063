#include <algorithm>
#include <cmath>
#include <map>

#include "reports/grouped.h"
#include "reports/page_parts.h"

namespace plumb::reports {
namespace {

using core::Json;
using topology::Graph;

constexpr std::uint32_t kNowhere = Places::kNowhere;

/// What each end reaches in its slower direction: the lower of two medians. By node; negative where nothing was
/// measured.
std::vector<float> ratios_of(const Evidence& evidence, const PairView& view, const Places& places, std::size_t nodes) {
  const auto each_direction = [&](auto&& visit) {  // of each end: out, then in
    for (std::size_t m = 0; m < evidence.pairs.size(); ++m) {
      const auto& pair = evidence.pairs[m];
      const auto src = places.end_of[pair.src], dst = places.end_of[pair.dst];
      if (!evidence.is_latency(pair) && src != kNowhere) {
        visit(std::size_t{src} * 2, view.ratio[m]);
      }
      if (!evidence.is_latency(pair) && dst != kNowhere) {
        visit(std::size_t{dst} * 2 + 1, view.ratio[m]);
      }
    }
  };
  Grouped<float> by_direction(2 * nodes, each_direction);
  std::vector<float> ratios(nodes, -1);
  for (std::size_t direction = 0; direction < by_direction.groups(); ++direction) {
    if (const auto own = by_direction.of(direction); !own.empty()) {
      const auto middle = own.begin() + static_cast<std::ptrdiff_t>((own.size() - 1) / 2);
      std::ranges::nth_element(own, middle);
      auto& ratio = ratios[direction / 2];
      ratio = ratio < 0 ? *middle : std::min(ratio, *middle);
    }
  }
  return ratios;
}

Json percents_of(const Places::Host& host, const std::vector<float>& ratios) {
  constexpr float kPercent = 100;
  Json row = Json::array();
  for (const auto end : host.ends) {
    row.push_back(ratios[end] < 0 ? Json(nullptr) : Json(std::lround(ratios[end] * kPercent)));
  }
  return row;
}

Json names_of(const Graph& graph, const Places& places) {
  Json leaves = Json::array();
  for (const auto& leaf : places.leaves) {
    leaves.push_back({graph.row(leaf.node).id, leaf.pod});
  }
  return leaves;
}

}  // namespace

Json page_fabric(const Evidence& evidence, const PairView& view, const Graph& graph, const Places& places) {
  const auto ratios = ratios_of(evidence, view, places, graph.node_count());
  std::map<std::vector<std::uint32_t>, std::size_t> groups;  // hosts on the same leaves
  Json all = Json::array();
  for (const auto& host : places.hosts) {
    const auto [found, is_new] = groups.try_emplace(host.leaves, all.size());
    if (is_new) {
      all.push_back({{"leaves", host.leaves}, {"hosts", Json::array()}, {"percent", Json::array()}});
    }
    auto& group = all[found->second];
    group["hosts"].push_back(host_of(std::string(graph.row(host.node).id)));
    group["percent"].push_back(percents_of(host, ratios));
  }
  return {{"pods", places.pods}, {"leaves", names_of(graph, places)}, {"groups", std::move(all)}};
}

}  // namespace plumb::reports
