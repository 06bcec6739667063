#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <numeric>

#include "topology/graph.h"
#include "topology/part_ids.h"
#include "topology/roles.h"

namespace plumb::topology {

void GraphBuilder::add_implied_hosts() {
  std::string_view before;  // parts of a host mostly stand together
  for (std::size_t i = 0; i < graph_.rows_.size(); ++i) {
    const auto row = graph_.rows_[i];
    if (row.host.empty() || row.host == before) {
      continue;
    }
    before = row.host;
    const auto id = "host/" + std::string(row.host);
    if (!graph_.find(id)) {
      auto host = implied_by(graph_.texts_->keep(id));
      host.source = row.source;
      host.pod = row.pod;
      host.rack = row.rack;
      append(host);
    }
  }
}

/// Ids, now that all ports are known; the smaller end first.
void GraphBuilder::name_links() {
  std::string a, b;
  for (LinkIndex i = 0; i < graph_.links_.size(); ++i) {
    auto row = named_row(i);
    auto& ends = graph_.links_[i];
    write_end(row.a, row.a_port, a);
    write_end(row.b, row.b_port, b);
    if (b < a) {
      flip(row);
      std::swap(ends.a, ends.b);
      a.swap(b);
    }
    a += "--";
    a += b;
    row.id = graph_.texts_->keep(a);
    graph_.link_rows_.set(i, row);
  }
}

void GraphBuilder::index_hops(Graph& graph) {
  graph.first_hop_.assign(graph.node_count() + 1, 0);
  const auto each_end = [&](auto&& visit) {
    for (LinkIndex i = 0; i < graph.links_.size(); ++i) {
      const auto& link = graph.links_[i];
      if (link.kind == LinkKind::cable) {
        visit(link.a, Hop{i, link.b});
        visit(link.b, Hop{i, link.a});
      }
    }
  };
  each_end([&](NodeIndex from, const Hop&) { ++graph.first_hop_[from + 1]; });
  std::partial_sum(graph.first_hop_.begin(), graph.first_hop_.end(), graph.first_hop_.begin());
  graph.hops_.resize(graph.first_hop_.back());
  auto next = graph.first_hop_;
  each_end([&](NodeIndex from, const Hop& hop) { graph.hops_[next[from]++] = hop; });
}

void GraphBuilder::index_hosts(Graph& graph) {
  graph.host_.assign(graph.node_count(), Graph::kNone);
  graph.first_nic_.assign(graph.node_count() + 1, 0);
  std::vector<NodeIndex> nics;
  std::string_view before;
  NodeIndex host_before = 0;
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    if (const auto& host = graph.rows_[n].host; !host.empty()) {
      if (host != before) {
        before = host;
        host_before = graph.nodes_by_id_.at("host/" + std::string(host));
      }
      graph.host_[n] = host_before;
      if (graph.kinds_[n] == NodeKind::nic) {
        nics.push_back(n);
        ++graph.first_nic_[graph.host_[n] + 1];
      }
    }
  }
  std::partial_sum(graph.first_nic_.begin(), graph.first_nic_.end(), graph.first_nic_.begin());
  const auto key = [&](NodeIndex n) { return std::pair(graph.host_[n], graph.rows_[n].rail.value_or(1 << 30)); };
  if (!std::ranges::is_sorted(nics, {}, key)) {  // mostly they are
    std::ranges::stable_sort(nics, {}, key);
  }
  graph.nics_ = std::move(nics);
}

void GraphBuilder::fill_roles(Graph& graph) {
  const auto tiers = tiers_by_cables(graph);
  const auto rails = rails_by_order(graph);
  bool has_new_rails = false;
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    auto& row = graph.rows_[n];
    has_new_rails = has_new_rails || (!row.rail && rails[n]);
    row.tier = row.tier ? row.tier : tiers[n];
    row.rail = row.rail ? row.rail : rails[n];
  }
  const auto pods = pods_by_cables(graph);
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    if (pods[n] != 0) {
      graph.rows_[n].pod = graph.texts_->intern(fmt::format("p{}", pods[n]));
    }
  }
  if (has_new_rails) {
    index_hosts(graph);
  }
}

Graph GraphBuilder::seal(Roles roles) && {
  plugged_ = {};
  add_implied_hosts();
  auto hosts = std::async(std::launch::async, [&] { index_hosts(graph_); });  // of nodes only
  name_links();
  index_hops(graph_);
  hosts.get();
  if (roles == Roles::by_cables) {
    fill_roles(graph_);
  }
  return std::move(graph_);
}

}  // namespace plumb::topology
