#include "reports/usual_rates.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>

#include "core/numbering.h"

namespace plumb::reports {
namespace {

using topology::Graph;
using topology::LinkIndex;
using topology::NodeIndex;
using topology::NodeKind;

constexpr double kDesignShare = 0.2;  // of its kind; what fewer have trained down

/// Numbers for what parts have in common. Texts of a map are interned, so their addresses tell them apart.
class Kinds {
 public:
  explicit Kinds(const Graph& graph) : of_node_(graph.node_count()) {
    core::Numbering<std::tuple<NodeKind, std::string_view, core::Integer, std::string_view>> numbers;
    for (NodeIndex n = 0; n < graph.node_count(); ++n) {
      const auto& row = graph.row(n);
      const auto host = graph.host_of(n);
      const auto pod = row.pod.empty() && host ? graph.row(*host).pod : row.pod;
      of_node_[n] = numbers.of({graph.kind(n), row.model, row.tier.value_or(0), pod});
    }
  }
  [[nodiscard]] std::uint32_t of(NodeIndex node) const { return of_node_[node]; }

 private:
  std::vector<std::uint32_t> of_node_;
};

/// Replaces rates that few of a kind have by the most frequent one of that kind.
template <class Kind>
void settle(const std::vector<Kind>& kinds, std::vector<float>& rates) {
  struct Count {
    std::size_t links = 0;
    float settled = 0;
  };
  std::map<Kind, std::map<float, Count>> counts;
  std::vector<Count*> count_of(rates.size());
  for (std::size_t i = 0; i < rates.size(); ++i) {
    const bool as_before = i > 0 && kinds[i] == kinds[i - 1] && rates[i] == rates[i - 1];
    count_of[i] = as_before ? count_of[i - 1] : rates[i] > 0 ? &counts[kinds[i]][rates[i]] : nullptr;
    if (count_of[i] != nullptr) {
      ++count_of[i]->links;
    }
  }
  for (auto& [kind, by_rate] : counts) {
    std::size_t all = 0;
    auto most = by_rate.begin();
    for (auto at = by_rate.begin(); at != by_rate.end(); ++at) {
      all += at->second.links;
      most = at->second.links >= most->second.links ? at : most;
    }
    for (auto& [rate, count] : by_rate) {
      const bool is_design = static_cast<double>(count.links) >= kDesignShare * static_cast<double>(all);
      count.settled = is_design ? rate : most->first;
    }
  }
  for (std::size_t i = 0; i < rates.size(); ++i) {
    rates[i] = count_of[i] == nullptr ? rates[i] : count_of[i]->settled;
  }
}

}  // namespace

UsualRates::UsualRates(const Graph& graph) : cable_(graph.link_count()), node_(graph.node_count()) {
  const Kinds kinds(graph);
  std::vector<std::uint64_t> of_cable(cable_.size());
  for (LinkIndex i = 0; i < cable_.size(); ++i) {
    const auto& link = graph.link(i);
    const std::uint64_t a = kinds.of(link.a), b = kinds.of(link.b);
    of_cable[i] = std::min(a, b) << 32U | std::max(a, b);
    cable_[i] = link.kind == topology::LinkKind::cable ? static_cast<float>(graph.link_row(i).rate_Bps.value_or(0)) : 0;
  }
  settle(of_cable, cable_);
  std::vector<std::uint32_t> of_node(node_.size());
  for (NodeIndex n = 0; n < node_.size(); ++n) {
    of_node[n] = kinds.of(n);
    node_[n] = static_cast<float>(graph.row(n).rate_Bps.value_or(0));
  }
  settle(of_node, node_);
  core::Numbering<std::tuple<std::string_view, float>> numbers;
  for (NodeIndex n = 0; n < node_.size(); ++n) {
    float rate = node_[n];
    for (const auto& hop : graph.hops(n).first(std::min<std::size_t>(graph.hops(n).size(), 1))) {
      rate = std::max(rate, cable_[hop.link]);
    }
    kind_.push_back(numbers.of({graph.row(n).model, rate}) + 1);
  }
}

}  // namespace plumb::reports
