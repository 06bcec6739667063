#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/error.h"
#include "core/text.h"
#include "topology/graph.h"
#include "topology/merge_rows.h"
#include "topology/part_ids.h"

namespace plumb::topology {
namespace {

using core::LinkView;
using core::NodeView;

/// Columns in which no two parts have the same.
bool is_of_its_own(std::string_view column) { return column == "serial" || column == "guid"; }

bool is_told_twice(std::string_view port, std::string_view again) {
  return port == again || port.empty() || again.empty();
}

}  // namespace

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
  plug(static_cast<LinkIndex>(graph_.links_.size() - 1), row);
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
  const auto known_row = graph_.link_rows_[link];
  const bool straight = known.a == ends.a && known.b == ends.b && is_told_twice(known_row.a_port, row.a_port) &&
                        is_told_twice(known_row.b_port, row.b_port);
  const bool flipped = known.a == ends.b && known.b == ends.a && is_told_twice(known_row.a_port, row.b_port) &&
                       is_told_twice(known_row.b_port, row.a_port);
  return straight || flipped;
}

/// With its ends as they are called now: a NIC may get another id.
LinkView GraphBuilder::named_row(LinkIndex link) const {
  auto row = graph_.link_rows_[link];
  row.a = graph_.rows_[graph_.links_[link].a].id;
  row.b = graph_.rows_[graph_.links_[link].b].id;
  return row;
}

std::string GraphBuilder::refuse(const Socket& socket, LinkIndex holder, const LinkView& row) {
  const auto& node = graph_.rows_[socket.node].id;
  const auto port = end_of(node, socket.is_first_end ? row.a_port : row.b_port);
  const auto id = link_id(row);
  auto refusal = fmt::format("port {} holds two cables: {} and {}", core::printable(port),
                             core::printable(link_id(named_row(holder))), core::printable(id));
  remark({"", id, "conflict", "warn", refusal, "one cable a port", "two sources differ; the first was kept"});
  return refusal;
}

void GraphBuilder::merge(LinkIndex link, const Link& ends, LinkView row) {
  auto known = named_row(link);
  const bool is_flipped = graph_.links_[link].a != ends.a || !is_told_twice(known.a_port, row.a_port);
  if (is_flipped) {
    flip(row);
  }
  remark_conflicts(link_id(known), known, row, graph_.remarks_);
  fill_in(known, row);
  graph_.link_rows_.set(link, known);
  plug(link, known);
}

void GraphBuilder::plug(LinkIndex link, const LinkView& row) {
  for (const auto& socket : sockets(graph_.links_[link], row)) {
    if (socket) {
      plugged_.put(socket->node, socket->port, link);
    }
  }
}

}  // namespace plumb::topology
