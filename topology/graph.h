// What the fabric is: a sealed multigraph of hosts, GPUs, NICs and switches. Only GraphBuilder::seal() makes one.
#pragma once

#include <tsl/robin_map.h>

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/rows.h"
#include "core/text_pool.h"
#include "topology/link_rows.h"
#include "topology/port_table.h"

namespace plumb::topology {

enum class NodeKind : std::uint8_t { host, gpu, nic, network_switch, nvswitch };
enum class LinkKind : std::uint8_t { cable, pcie, nvlink };

/// "host", "gpu", "nic", "switch", "nvswitch"; nothing for other words.
std::optional<NodeKind> node_kind(std::string_view word);
std::string_view word_of(NodeKind kind);
/// "cable", "pcie", "nvlink"; nothing for other words.
std::optional<LinkKind> link_kind(std::string_view word);

using NodeIndex = std::uint32_t;
using LinkIndex = std::uint32_t;

struct Link {
  LinkKind kind = LinkKind::cable;
  NodeIndex a = 0, b = 0;  // the smaller id first
};

/// One step from a node.
struct Hop {
  LinkIndex link = 0;
  NodeIndex to = 0;
};

class Graph {
 public:
  [[nodiscard]] std::size_t node_count() const { return rows_.size(); }
  [[nodiscard]] std::size_t link_count() const { return links_.size(); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }

  [[nodiscard]] std::span<const core::NodeView> rows() const { return rows_; }
  /// Made one by one.
  [[nodiscard]] auto link_rows() const {
    return std::views::iota(std::size_t{0}, link_count()) |
           std::views::transform([this](std::size_t link) { return link_rows_[link]; });
  }
  [[nodiscard]] const core::NodeView& row(NodeIndex node) const { return rows_[node]; }
  [[nodiscard]] NodeKind kind(NodeIndex node) const { return kinds_[node]; }
  [[nodiscard]] core::LinkView link_row(LinkIndex link) const { return link_rows_[link]; }
  [[nodiscard]] const Link& link(LinkIndex link) const { return links_[link]; }

  /// What sources could not see (status absent) and where they differed (status warn), as rows for checks.csv.
  [[nodiscard]] std::span<const core::CheckRow> remarks() const { return remarks_; }

  /// Counters that sources read, as rows for ports.csv.
  [[nodiscard]] std::span<const core::PortRow> port_rows() const { return port_rows_; }

  [[nodiscard]] std::optional<NodeIndex> find(std::string_view id) const;
  [[nodiscard]] std::optional<LinkIndex> find_link(std::string_view id) const;

  /// Over cables only.
  [[nodiscard]] std::span<const Hop> hops(NodeIndex node) const;
  /// Of a GPU or a NIC; a host is its own.
  [[nodiscard]] std::optional<NodeIndex> host_of(NodeIndex node) const;
  /// NICs of a host, by rail.
  [[nodiscard]] std::span<const NodeIndex> nics_of(NodeIndex host) const;

 private:
  friend class GraphBuilder;

  /// Made when it is first asked for: most programs never do.
  struct LinkIds {
    std::once_flag made;
    tsl::robin_map<std::string_view, LinkIndex> index;
  };

  std::shared_ptr<core::TextPool> texts_;  // of all rows
  std::vector<core::NodeView> rows_;
  std::vector<NodeKind> kinds_;
  LinkRows link_rows_;
  std::vector<Link> links_;
  tsl::robin_map<std::string_view, NodeIndex> nodes_by_id_;
  std::shared_ptr<LinkIds> links_by_id_ = std::make_shared<LinkIds>();
  std::vector<std::uint64_t> first_hop_;
  std::vector<Hop> hops_;
  std::vector<NodeIndex> host_;  // by node; kNone for switches
  std::vector<std::uint64_t> first_nic_;
  std::vector<NodeIndex> nics_;
  std::vector<core::CheckRow> remarks_;
  std::vector<core::PortRow> port_rows_;
  static constexpr NodeIndex kNone = 0xffffffff;
};

/// "leaf", "spine" or "core" for a switch whose tier is known, else the word of its kind.
std::string class_of(const Graph& graph, NodeIndex node);
/// The same where hosts, NICs and switches stand side by side: "leaf switch", "switch", "nic".
std::string part_class_of(const Graph& graph, NodeIndex node);

/// "A:port--B:port" with the smaller end first; a port that is not known is left out.
std::string link_id(const core::LinkView& row);

/// Whether a map also has the tiers, pods and rails that its cables tell. They need the whole fabric: what one host
/// sees of it tells other ones.
enum class Roles : std::uint8_t { told, by_cables };

/// Collects what sources saw, in any order. The same part told by several sources becomes one: what a source leaves
/// empty, another fills; where they differ, the first stands and a remark tells. A NIC that is named "mlx5_0 (eth0)" is
/// also nic/HOST/eth0, in rows that came before, too.
class GraphBuilder {
 public:
  GraphBuilder();

  /// Throws Error on an id without a kind. The answer stays good for add below, not beyond seal().
  NodeIndex add(const core::NodeView& row);
  /// Throws Error on an unknown kind, an end whose kind is unknown, and a cable from a port to itself. When a port
  /// already holds another cable, that one stays: a remark tells, and so does the answer, which is empty otherwise.
  std::string add(const core::LinkView& row);
  /// The same between nodes that are known; `row`'s own ends are not read.
  std::string add(NodeIndex a, NodeIndex b, const core::LinkView& row);
  /// What is known so far.
  [[nodiscard]] std::optional<NodeIndex> find(std::string_view id) const;
  [[nodiscard]] const core::NodeView& row(NodeIndex node) const { return graph_.row(node); }
  /// So many more are to come, about.
  void expect(std::size_t nodes, std::size_t links);
  /// Something that the source could not see, or that the map cannot hold.
  void remark(core::CheckRow row) { graph_.remarks_.push_back(std::move(row)); }
  /// One reading of one counter.
  void add(core::PortRow row) { graph_.port_rows_.push_back(std::move(row)); }

  /// Adds the hosts that NICs and GPUs imply, fills the tiers, pods and rails that no source told (roles.h), and
  /// indexes everything.
  Graph seal(Roles roles = Roles::by_cables) &&;

 private:
  /// A port of a node, as a number: the address of its interned name, or the peer that a link without ports leads to.
  struct Socket {
    NodeIndex node = 0;
    std::uint64_t port = 0;
    bool is_first_end = true;
  };
  using Sockets = std::array<std::optional<Socket>, 2>;

  void rename(NodeIndex node, const core::NodeView& told);
  NodeIndex node_of(std::string_view id, std::string_view source, NodeIndex& last);
  NodeIndex append(const core::NodeView& row);
  void store(core::NodeView& row);
  core::LinkView stored(const core::LinkView& row, const Link& ends);
  static Sockets sockets(const Link& ends, const core::LinkView& row);
  [[nodiscard]] bool is_same(LinkIndex link, const Link& ends, const core::LinkView& row) const;
  [[nodiscard]] core::LinkView named_row(LinkIndex link) const;
  std::string refuse(const Socket& socket, LinkIndex holder, const core::LinkView& row);
  [[nodiscard]] std::string_view kept(std::string_view text, std::string_view before);
  void merge(LinkIndex link, const Link& ends, core::LinkView row);
  void plug(LinkIndex link, const core::LinkView& row);
  void add_implied_hosts();
  void name_links();
  static void index_hops(Graph& graph);
  static void index_hosts(Graph& graph);
  static void fill_roles(Graph& graph);

  Graph graph_;
  tsl::robin_map<std::string_view, NodeIndex> second_ids_;  // of NICs that are known by their interfaces, too
  std::vector<bool> is_implied_;                            // by node: known only as an end of a link
  PortTable plugged_;
  core::NodeView last_node_;  // rows come in runs that have most texts in common
  core::LinkView last_link_;
  NodeIndex last_a_ = 0, last_b_ = 0;
};

}  // namespace plumb::topology
