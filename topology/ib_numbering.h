// A map as InfiniBand numbers it: every node with a GUID, every port with a number. What the map does not tell is made
// up, the same for the same map.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "topology/graph.h"

namespace plumb::topology {

/// Of "0x0002c90300000010" and of "0002:c903:0000:0010"; nothing for other words, and for zero, which devices without
/// a GUID tell.
std::optional<std::uint64_t> guid_in(std::string_view word);

struct IbVertex {
  NodeIndex node = 0;
  char letter = 'H';  // H adapter, S switch, R router
  std::uint64_t guid = 0, system_guid = 0;
  std::uint32_t lid = 0;
  std::string description;  // from which IbFabric makes the same id again
};

/// NICs, switches and all else that has a cable. Adapters with a cable stand first, by id: a simulator's client stands
/// on the first node.
class IbVertices {
 public:
  /// Throws Error when two nodes have the same GUID.
  explicit IbVertices(const Graph& graph);

  [[nodiscard]] std::span<const IbVertex> all() const { return all_; }
  /// Only of a node that has a cable.
  [[nodiscard]] std::uint32_t at(NodeIndex node) const { return at_[node]; }
  /// How many GUIDs are made up.
  [[nodiscard]] std::size_t made_up() const { return made_up_; }

 private:
  [[nodiscard]] bool is_switch(NodeIndex node) const;
  void choose_nodes();
  void take_known_guids();
  std::uint64_t made_up_guid(std::uint64_t& next, std::uint64_t step);
  IbVertex vertex_of(NodeIndex node);

  const Graph& graph_;
  std::vector<std::uint32_t> at_;
  std::vector<NodeIndex> order_;
  std::vector<std::uint64_t> known_;
  std::vector<IbVertex> all_;
  std::uint64_t next_switch_ = 0xe41d2d0300000000, next_adapter_ = 0x0002c90300000000;
  std::size_t made_up_ = 0;
};

/// The ends of all cables; the two of a cable are each other's peer.
class IbEnds {
 public:
  struct End {
    std::uint32_t vertex = 0, port = 0;
    LinkIndex link = 0;
  };

  IbEnds(const Graph& graph, const IbVertices& vertices);

  /// By vertex and port.
  [[nodiscard]] std::span<const std::uint32_t> order() const { return order_; }
  [[nodiscard]] const End& at(std::uint32_t end) const { return ends_[end]; }
  [[nodiscard]] const End& peer_of(std::uint32_t end) const { return ends_[end ^ 1U]; }

 private:
  void sort();
  void number_ports();

  std::vector<End> ends_;  // cable n has 2n and 2n + 1
  std::vector<std::uint32_t> order_;
};

}  // namespace plumb::topology
