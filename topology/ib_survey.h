// Answers of one fabric put together, and what is still not known.
#pragma once

#include <unordered_map>
#include <vector>

#include "topology/ib_fabric.h"
#include "topology/ib_scan.h"

namespace plumb::topology {

/// An answer that is missing.
struct IbGap {
  enum class What : std::uint8_t { description, port, peer };
  std::uint64_t guid = 0;
  std::uint32_t port = 0;
  What what = What::description;
};

class IbSurvey {
 public:
  /// What comes later corrects what came before; what it lacks, the earlier fills.
  void add(const IbScan& scan);

  /// By GUID and port; empty when the map is complete.
  [[nodiscard]] std::vector<IbGap> gaps() const;
  /// Its views are of constants.
  [[nodiscard]] IbFabric fabric() const;
  /// By GUID and port, each with the LID by which its counters are asked for.
  [[nodiscard]] std::vector<IbPortSeen> ports_with_link() const;
  [[nodiscard]] IbScan all() const;
  [[nodiscard]] const IbNodeSeen& node(std::uint64_t guid) const { return nodes_.at(guid).seen; }
  [[nodiscard]] bool empty() const { return nodes_.empty(); }

 private:
  struct Node {
    IbNodeSeen seen;
    std::vector<IbPortSeen> ports;  // by number, from 0
  };

  void merge(const IbNodeSeen& seen);
  void merge(const IbPortSeen& seen);
  IbPortSeen* find(std::uint64_t guid, std::uint16_t port);
  [[nodiscard]] const IbPortSeen* peer_of(const IbPortSeen& port) const;
  [[nodiscard]] std::vector<const Node*> by_guid() const;
  void add_gaps(const Node& node, std::vector<IbGap>& gaps) const;

  std::unordered_map<std::uint64_t, Node> nodes_;
};

}  // namespace plumb::topology
