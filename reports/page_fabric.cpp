#include <algorithm>
#include <cmath>
#include <map>

#include "reports/page_parts.h"

namespace plumb::reports {
namespace {

using core::Json;
using topology::Graph;

constexpr std::uint32_t kNowhere = Places::kNowhere;

/// What each end reaches in its slower direction: the lower of two medians. By node; negative where nothing was
/// measured.
std::vector<float> ratios_of(const Evidence& evidence, const PairView& view, const Places& places, std::size_t nodes) {
  std::vector<std::pair<std::uint64_t, float>> rows;
  for (std::size_t m = 0; m < evidence.pairs.size(); ++m) {
    const auto& pair = evidence.pairs[m];
    if (!evidence.is_latency(pair)) {
      rows.emplace_back(std::uint64_t{places.end_of[pair.src]} * 2, view.ratio[m]);
      rows.emplace_back(std::uint64_t{places.end_of[pair.dst]} * 2 + 1, view.ratio[m]);
    }
  }
  std::ranges::sort(rows);
  std::vector<float> ratios(nodes, -1);
  for (auto first = rows.begin(); first != rows.end();) {
    const auto last = std::find_if(first, rows.end(), [&](const auto& row) { return row.first != first->first; });
    if (const auto end = first->first / 2; end != kNowhere) {
      const float median = first[(last - first - 1) / 2].second;
      ratios[end] = ratios[end] < 0 ? median : std::min(ratios[end], median);
    }
    first = last;
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
