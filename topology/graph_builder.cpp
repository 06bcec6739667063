#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "core/error.h"
#include "core/text.h"
#include "topology/graph.h"
#include "topology/merge_rows.h"
#include "topology/roles.h"

namespace plumb::topology {
namespace {

using core::LinkView;
using core::NodeView;

/// "switch/leaf7:13", without the allocations of a format.
void write_end(std::string_view node, std::string_view port, std::string& end) {
  end = node;
  if (!port.empty()) {
    end += ':';
    end += port;
  }
}

std::string end_of(std::string_view node, std::string_view port) {
  std::string end;
  write_end(node, port, end);
  return end;
}

/// Throws when the id does not tell it.
NodeKind kind_in(std::string_view id) {
  const auto kind_end = id.find('/');
  const auto kind = node_kind(id.substr(0, kind_end));
  if (!kind || kind_end == std::string_view::npos || kind_end + 1 == id.size()) {
    throw core::Error(
        fmt::format("'{}' is no node id: it starts with host/, gpu/, nic/, switch/ or nvswitch/", core::printable(id)));
  }
  return *kind;
}

/// Kind, name and host as an id tells them, as views into it: "nic/n05/mlx5_0".
NodeView implied_by(std::string_view id) {
  const auto kind = kind_in(id);
  NodeView row;
  row.id = id;
  row.kind = word_of(kind);
  row.name = id.substr(row.kind.size() + 1);
  if (kind == NodeKind::host) {
    row.host = row.name;
  } else if (kind == NodeKind::gpu || kind == NodeKind::nic) {
    const auto slash = row.name.rfind('/');
    row.host = row.name.substr(0, slash);
    row.name = row.name.substr(slash + 1);  // all of it when there is no slash: npos + 1 is 0
  }
  return row;
}

/// "nic/n05/enp25s0np0" of nic/n05/mlx5_0 when it is named "mlx5_0 (enp25s0np0)": neighbours and drawings know it by
/// its interface. Empty for all others.
std::string second_id(const NodeView& row) {
  const auto device = row.id.substr(row.id.rfind('/') + 1);
  if (!row.name.ends_with(')') || !row.id.starts_with("nic/") || !row.name.starts_with(device) ||
      !row.name.substr(device.size()).starts_with(" (")) {
    return "";
  }
  const auto interface = row.name.substr(device.size() + 2, row.name.size() - device.size() - 3);
  return std::string(row.id.substr(0, row.id.size() - device.size())) + std::string(interface);
}

void flip(LinkView& row) {
  std::swap(row.a, row.b);
  std::swap(row.a_port, row.b_port);
}

/// Columns in which no two parts have the same.
bool is_of_its_own(std::string_view column) { return column == "serial" || column == "guid"; }

bool is_told_twice(std::string_view port, std::string_view again) {
  return port == again || port.empty() || again.empty();
}

}  // namespace

std::string link_id(const LinkView& row) {
  const auto a = end_of(row.a, row.a_port), b = end_of(row.b, row.b_port);
  return a < b ? a + "--" + b : b + "--" + a;
}

GraphBuilder::GraphBuilder() { graph_.texts_ = std::make_shared<core::TextPool>(); }

void GraphBuilder::expect(std::size_t nodes, std::size_t links) {
  const auto reserve = [](auto& list, std::size_t more) {
    if (list.size() + more > list.capacity()) {
      list.reserve(list.size() + more);
    }
  };
  reserve(graph_.rows_, nodes);
  reserve(graph_.kinds_, nodes);
  plugged_.expect(2 * links);
  reserve(graph_.link_rows_, links);
  reserve(graph_.links_, links);
  graph_.nodes_by_id_.reserve(graph_.rows_.size() + nodes);
}

/// Interned; for less when the row before had the same.
std::string_view GraphBuilder::kept(std::string_view text, std::string_view before) {
  return text == before ? before : graph_.texts_->intern(text);
}

/// Moves all texts of `row`, whose id is kept already, into the pool.
void GraphBuilder::store(NodeView& row) {
  const auto implied = implied_by(row.id);
  const auto keep = [&](const auto& column) {
    if constexpr (std::is_same_v<decltype(row.*column.member), std::string_view&>) {
      auto& text = row.*column.member;
      text = text == implied.*column.member ? implied.*column.member
             : is_of_its_own(column.name)   ? graph_.texts_->keep(text)
                                            : kept(text, last_node_.*column.member);
    }
  };
  std::apply([&](const auto&... column) { (keep(column), ...); }, NodeView::columns());
  last_node_ = row;
}

NodeIndex GraphBuilder::append(const NodeView& row) {
  const auto index = static_cast<NodeIndex>(graph_.rows_.size());
  graph_.rows_.push_back(row);
  graph_.kinds_.push_back(*node_kind(row.kind));
  graph_.nodes_by_id_.emplace(row.id, index);
  is_implied_.push_back(false);
  return index;
}

NodeIndex GraphBuilder::add(const NodeView& told) {
  auto row = told;
  const auto implied = implied_by(row.id);
  if (!row.kind.empty() && row.kind != implied.kind) {
    throw core::Error(fmt::format("node {} says that it is a {}", core::printable(row.id), core::printable(row.kind)));
  }
  fill_in(row, implied);
  const auto second = second_id(row);
  if (!second.empty() && !graph_.find(row.id) && graph_.find(second)) {
    rename(*graph_.find(second), row);
  }
  const auto known = find(row.id);
  row.id = known ? graph_.rows_[*known].id : graph_.texts_->keep(row.id);
  store(row);
  if (!second.empty() && !graph_.find(second)) {
    second_ids_.emplace(graph_.texts_->keep(second), known.value_or(static_cast<NodeIndex>(graph_.rows_.size())));
  }
  if (!known) {
    return append(row);
  }
  if (is_implied_[*known]) {
    graph_.rows_[*known] = row;
    is_implied_[*known] = false;
  } else {
    remark_conflicts(std::string(row.id), graph_.rows_[*known], row, graph_.remarks_);
    fill_in(graph_.rows_[*known], row);
  }
  return *known;
}

std::optional<NodeIndex> GraphBuilder::find(std::string_view id) const {
  const auto node = graph_.find(id);
  if (node || second_ids_.empty()) {
    return node;
  }
  const auto second = second_ids_.find(id);
  return second == second_ids_.end() ? std::nullopt : std::optional(second->second);
}

/// A NIC that was known by its second id until now.
void GraphBuilder::rename(NodeIndex node, const NodeView& told) {
  auto& row = graph_.rows_[node];
  graph_.nodes_by_id_.erase(row.id);
  row.id = graph_.texts_->keep(told.id);
  row.name = graph_.texts_->intern(told.name);
  graph_.nodes_by_id_.emplace(row.id, node);
}

/// `last` is what was found before. Most cables have the same end, or one of the next: sources tell them in turn.
NodeIndex GraphBuilder::node_of(std::string_view id, std::string_view source, NodeIndex& last) {
  constexpr NodeIndex kNear = 4;
  for (auto near = last; near < last + kNear && near < graph_.rows_.size(); ++near) {
    if (graph_.rows_[near].id == id) {
      return last = near;
    }
  }
  if (const auto known = find(id)) {
    return last = *known;
  }
  kind_in(id);
  auto row = implied_by(graph_.texts_->keep(id));
  row.source = graph_.texts_->intern(source);
  const auto index = append(row);
  is_implied_[index] = true;
  return last = index;
}

std::string GraphBuilder::add(const LinkView& row) {
  kind_in(row.a);
  kind_in(row.b);
  if (row.a == row.b && row.a_port == row.b_port) {
    throw core::Error(fmt::format("a {} leads from {} to itself", core::printable(row.kind),
                                  core::printable(end_of(row.a, row.a_port))));
  }
  if (!link_kind(row.kind)) {
    throw core::Error(fmt::format("'{}' is no kind of link: it is cable, pcie or nvlink", core::printable(row.kind)));
  }
  const auto a = node_of(row.a, row.source, last_a_);
  return add(a, node_of(row.b, row.source, last_b_), row);
}

std::string GraphBuilder::add(NodeIndex a, NodeIndex b, const LinkView& told) {
  const auto kind = link_kind(told.kind);
  if (!kind || (a == b && told.a_port == told.b_port)) {
    throw core::Error(fmt::format("{} between {} and {} is no link", core::printable(told.kind),
                                  core::printable(graph_.rows_[a].id), core::printable(graph_.rows_[b].id)));
  }
  const Link ends{*kind, a, b};
  const auto row = stored(told, ends);
  const auto both = sockets(ends, row);
  LinkIndex known = PortTable::kFree;
  for (const auto& socket : both) {
    const auto holder = socket ? plugged_.find(socket->node, socket->port) : PortTable::kFree;
    if (holder != PortTable::kFree && !is_same(holder, ends, row)) {
      return refuse(*socket, holder, row);
    }
    known = known == PortTable::kFree ? holder : known;
  }
  if (known != PortTable::kFree) {
    merge(known, ends, row);
    return "";
  }
  graph_.link_rows_.push_back(row);
  graph_.links_.push_back(ends);
  plug(static_cast<LinkIndex>(graph_.links_.size() - 1));
  return "";
}

LinkView GraphBuilder::stored(const LinkView& told, const Link& ends) {
  auto row = told;
  row.id = {};
  row.a = row.b = {};
  const auto keep = [&](const auto& column) {
    if constexpr (std::is_same_v<decltype(row.*column.member), std::string_view&>) {
      row.*column.member = kept(row.*column.member, last_link_.*column.member);
    }
  };
  std::apply([&](const auto&... column) { (keep(column), ...); }, LinkView::columns());
  last_link_ = row;
  row.a = graph_.rows_[ends.a].id;
  row.b = graph_.rows_[ends.b].id;
  return row;
}

GraphBuilder::Sockets GraphBuilder::sockets(const Link& ends, const LinkView& row) {
  constexpr std::uint64_t kKinds = 4, kNoPort = 1ULL << 63U;  // addresses do not reach so far
  const auto kind = static_cast<std::uint64_t>(ends.kind);
  if (row.a_port.empty() && row.b_port.empty()) {
    return {Socket{std::min(ends.a, ends.b), kNoPort | std::max(ends.a, ends.b) * kKinds | kind}, std::nullopt};
  }
  Sockets both;
  const auto number_of = [&](std::string_view port) {
    return static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(port.data())) * kKinds | kind;
  };
  if (!row.a_port.empty()) {
    both[0] = Socket{ends.a, number_of(row.a_port), true};
  }
  if (!row.b_port.empty()) {
    both[1] = Socket{ends.b, number_of(row.b_port), false};
  }
  return both;
}

bool GraphBuilder::is_same(LinkIndex link, const Link& ends, const LinkView& row) const {
  const auto& known = graph_.links_[link];
  const auto& known_row = graph_.link_rows_[link];
  const bool straight = known.a == ends.a && known.b == ends.b && is_told_twice(known_row.a_port, row.a_port) &&
                        is_told_twice(known_row.b_port, row.b_port);
  const bool flipped = known.a == ends.b && known.b == ends.a && is_told_twice(known_row.a_port, row.b_port) &&
                       is_told_twice(known_row.b_port, row.a_port);
  return straight || flipped;
}

/// Again: a NIC may have got another id since.
void GraphBuilder::name_ends(LinkIndex link) {
  graph_.link_rows_[link].a = graph_.rows_[graph_.links_[link].a].id;
  graph_.link_rows_[link].b = graph_.rows_[graph_.links_[link].b].id;
}

std::string GraphBuilder::refuse(const Socket& socket, LinkIndex holder, const LinkView& row) {
  const auto& node = graph_.rows_[socket.node].id;
  const auto port = end_of(node, socket.is_first_end ? row.a_port : row.b_port);
  const auto id = link_id(row);
  name_ends(holder);
  auto refusal = fmt::format("port {} holds two cables: {} and {}", core::printable(port),
                             core::printable(link_id(graph_.link_rows_[holder])), core::printable(id));
  remark({"", id, "conflict", "warn", refusal, "one cable a port", "two sources differ; the first was kept"});
  return refusal;
}

void GraphBuilder::merge(LinkIndex link, const Link& ends, LinkView row) {
  auto& known = graph_.link_rows_[link];
  name_ends(link);
  const bool is_flipped = graph_.links_[link].a != ends.a || !is_told_twice(known.a_port, row.a_port);
  if (is_flipped) {
    flip(row);
  }
  remark_conflicts(link_id(known), known, row, graph_.remarks_);
  fill_in(known, row);
  plug(link);
}

void GraphBuilder::plug(LinkIndex link) {
  for (const auto& socket : sockets(graph_.links_[link], graph_.link_rows_[link])) {
    if (socket) {
      plugged_.put(socket->node, socket->port, link);
    }
  }
}

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
    auto& row = graph_.link_rows_[i];
    auto& ends = graph_.links_[i];
    name_ends(i);
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
      graph.rows_[n].pod = graph.texts_->intern(fmt::format("p{}", pods[n]));
    }
  }
  index_hosts(graph);
}

Graph GraphBuilder::seal(Roles roles) && {
  plugged_ = {};
  add_implied_hosts();
  name_links();
  index_hops(graph_);
  index_hosts(graph_);
  if (roles == Roles::by_cables) {
    fill_roles(graph_);
  }
  return std::move(graph_);
}

}  // namespace plumb::topology
