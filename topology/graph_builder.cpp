#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "core/csv_writer.h"
#include "core/error.h"
#include "core/text.h"
#include "topology/graph.h"
#include "topology/roles.h"

namespace plumb::topology {
namespace {

/// One source knows the maker's and the device's number only, another the board too.
bool adds_board(std::string_view column, const std::string& model, const std::string& more) {
  return column == "model" && more.size() > model.size() && more.starts_with(model);
}
template <class Value>
bool adds_board(std::string_view, const Value&, const Value&) {
  return false;
}

template <class Value>
bool are_same(std::string_view, const Value& one, const Value& other) {
  return one == other;
}
/// A model may be told in words or in numbers, and the numbers with or without the board.
bool are_same(std::string_view column, const std::string& one, const std::string& other) {
  constexpr std::string_view kNumber = "0x";
  return one == other || adds_board(column, one, other) || adds_board(column, other, one) ||
         (column == "model" && one.starts_with(kNumber) != other.starts_with(kNumber));
}
/// Sources round rates differently.
bool are_same(std::string_view, const core::MaybeReal& one, const core::MaybeReal& other) {
  constexpr double kRounding = 1e-3;
  return one && other && std::abs(*one - *other) <= kRounding * std::max(std::abs(*one), std::abs(*other));
}

/// Takes from `more` what `row` leaves empty.
template <class Row>
void fill_in(Row& row, const Row& more) {
  const auto fill = [&](const auto& column) {
    auto& mine = row.*column.member;
    if (mine == std::decay_t<decltype(mine)>{} || adds_board(column.name, mine, more.*column.member)) {
      mine = more.*column.member;
    }
  };
  std::apply([&](const auto&... column) { (fill(column), ...); }, Row::columns());
}

/// Where two sources differ on what a part is. That they give it different names, or saw it in different states, is no
/// conflict.
template <class Row>
void remark_conflicts(const Row& first, const Row& second, std::vector<core::CheckRow>& remarks) {
  constexpr std::array<std::string_view, 4> kMayDiffer{"name", "state", "driver", "source"};
  const auto compare = [&](const auto& column) {
    const auto &one = first.*column.member, &other = second.*column.member;
    const std::decay_t<decltype(one)> empty{};
    if (one == empty || other == empty || are_same(column.name, one, other) ||
        std::ranges::count(kMayDiffer, column.name) > 0) {
      return;
    }
    std::string kept, dropped;
    core::append_cell(kept, one);
    core::append_cell(dropped, other);
    remarks.push_back({"", first.id, "conflict", "warn", fmt::format("{} is {} ({})", column.name, kept, first.source),
                       fmt::format("{} ({})", dropped, second.source), "two sources differ; the first was kept"});
  };
  std::apply([&](const auto&... column) { (compare(column), ...); }, Row::columns());
}

template <class Row>
void add_or_fill(Row row, std::vector<Row>& rows, std::unordered_map<std::string, std::uint32_t>& at,
                 std::vector<core::CheckRow>& remarks) {
  const auto [found, is_new] = at.emplace(row.id, static_cast<std::uint32_t>(rows.size()));
  if (is_new) {
    rows.push_back(std::move(row));
  } else {
    remark_conflicts(rows[found->second], row, remarks);
    fill_in(rows[found->second], row);
  }
}

std::string end_of(const std::string& node, const std::string& port) { return port.empty() ? node : node + ":" + port; }

/// Throws when the id does not tell it.
NodeKind kind_in(const std::string& id) {
  const auto kind_end = id.find('/');
  const auto kind = node_kind(std::string_view(id).substr(0, kind_end));
  if (!kind || kind_end == std::string::npos || kind_end + 1 == id.size()) {
    throw core::Error(
        fmt::format("'{}' is no node id: it starts with host/, gpu/, nic/, switch/ or nvswitch/", core::printable(id)));
  }
  return *kind;
}

/// Kind and host as an id tells them: "nic/n05/mlx5_0".
core::NodeRow implied_by(const std::string& id) {
  const auto kind = kind_in(id);
  core::NodeRow row;
  row.id = id;
  row.kind = word_of(kind);
  const auto kind_end = row.kind.size();
  row.name = id.substr(kind_end + 1);
  if (kind == NodeKind::host) {
    row.host = row.name;
  } else if (kind == NodeKind::gpu || kind == NodeKind::nic) {
    row.host = row.name.substr(0, row.name.rfind('/'));
    row.name = row.name.substr(row.name.rfind('/') + 1);
  }
  return row;
}

}  // namespace

std::string link_id(const core::LinkRow& row) {
  const auto a = end_of(row.a, row.a_port), b = end_of(row.b, row.b_port);
  return a < b ? a + "--" + b : b + "--" + a;
}

void GraphBuilder::add(core::NodeRow row) {
  const auto implied = implied_by(row.id);
  if (!row.kind.empty() && row.kind != implied.kind) {
    throw core::Error(fmt::format("node {} says that it is a {}", core::printable(row.id), core::printable(row.kind)));
  }
  fill_in(row, implied);
  add_or_fill(std::move(row), nodes_, node_at_, remarks_);
}

std::string GraphBuilder::add(core::LinkRow row) {
  if (!link_kind(row.kind)) {
    throw core::Error(fmt::format("'{}' is no kind of link: it is cable, pcie or nvlink", core::printable(row.kind)));
  }
  if (row.a == row.b && row.a_port == row.b_port) {
    throw core::Error(
        fmt::format("a {} leads from {} to itself", row.kind, core::printable(end_of(row.a, row.a_port))));
  }
  kind_in(row.a);
  kind_in(row.b);
  if (end_of(row.b, row.b_port) < end_of(row.a, row.a_port)) {
    std::swap(row.a, row.b);
    std::swap(row.a_port, row.b_port);
  }
  row.id = link_id(row);
  if (row.kind == "cable") {
    if (auto refusal = plug(row); !refusal.empty()) {
      remark({"", row.id, "conflict", "warn", refusal, "one cable a port", "two sources differ; the first was kept"});
      return refusal;
    }
  }
  add_or_fill(std::move(row), links_, link_at_, remarks_);
  return "";
}

void GraphBuilder::add_implied_nodes() {
  for (const auto& link : links_) {
    for (const auto& id : {link.a, link.b}) {
      if (!node_at_.contains(id)) {
        auto row = implied_by(id);
        row.source = link.source;
        add_or_fill(std::move(row), nodes_, node_at_, remarks_);
      }
    }
  }
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const auto id = "host/" + nodes_[i].host;
    if (!nodes_[i].host.empty() && !node_at_.contains(id)) {
      auto row = implied_by(id);
      row.source = nodes_[i].source;
      row.pod = nodes_[i].pod;
      row.rack = nodes_[i].rack;
      add_or_fill(std::move(row), nodes_, node_at_, remarks_);
    }
  }
}

std::string GraphBuilder::plug(const core::LinkRow& row) {
  const std::array ends{end_of(row.a, row.a_port), end_of(row.b, row.b_port)};
  const std::array has_port{!row.a_port.empty(), !row.b_port.empty()};
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const auto other = plugged_.find(ends[i]);
    if (has_port[i] && other != plugged_.end() && other->second != row.id) {
      return fmt::format("port {} holds two cables: {} and {}", core::printable(ends[i]),
                         core::printable(other->second), core::printable(row.id));
    }
  }
  for (std::size_t i = 0; i < ends.size(); ++i) {
    if (has_port[i]) {
      plugged_.emplace(ends[i], row.id);
    }
  }
  return "";
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
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    if (const auto& host = graph.rows_[n].host; !host.empty()) {
      graph.host_[n] = graph.nodes_by_id_.at("host/" + host);
      if (graph.kinds_[n] == NodeKind::nic) {
        nics.push_back(n);
        ++graph.first_nic_[graph.host_[n] + 1];
      }
    }
  }
  std::partial_sum(graph.first_nic_.begin(), graph.first_nic_.end(), graph.first_nic_.begin());
  std::stable_sort(nics.begin(), nics.end(), [&](NodeIndex x, NodeIndex y) {
    const auto key = [&](NodeIndex n) { return std::pair(graph.host_[n], graph.rows_[n].rail.value_or(1 << 30)); };
    return key(x) < key(y);
  });
  graph.nics_ = std::move(nics);
}

void GraphBuilder::fill_roles(Graph& graph) {
  const auto tiers = tiers_by_cables(graph);
  const auto rails = rails_by_order(graph);
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    auto& row = graph.rows_[n];
    row.tier = row.tier ? row.tier : tiers[n];
    row.rail = row.rail ? row.rail : rails[n];
  }
  const auto pods = pods_by_cables(graph);
  for (NodeIndex n = 0; n < graph.node_count(); ++n) {
    if (pods[n] != 0) {
      graph.rows_[n].pod = fmt::format("p{}", pods[n]);
    }
  }
  index_hosts(graph);
}

Graph GraphBuilder::seal() && {
  add_implied_nodes();
  Graph graph;
  graph.rows_ = std::move(nodes_);
  graph.link_rows_ = std::move(links_);
  graph.nodes_by_id_ = std::move(node_at_);
  graph.links_by_id_ = std::move(link_at_);
  graph.remarks_ = std::move(remarks_);
  graph.port_rows_ = std::move(port_rows_);
  for (const auto& row : graph.rows_) {
    graph.kinds_.push_back(*node_kind(row.kind));
  }
  for (const auto& row : graph.link_rows_) {
    graph.links_.push_back({*link_kind(row.kind), graph.nodes_by_id_.at(row.a), graph.nodes_by_id_.at(row.b)});
  }
  index_hops(graph);
  index_hosts(graph);
  fill_roles(graph);
  return graph;
}

}  // namespace plumb::topology
