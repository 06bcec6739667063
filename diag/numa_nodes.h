// The host's NUMA nodes, by hwloc: where page-locked memory lies tells which way copies to a GPU take.
#pragma once

#include <memory>
#include <optional>
#include <vector>

struct hwloc_topology;

namespace plumb::diag {

class NumaNodes {
 public:
  /// This host's; or a made-up one as hwloc's synthetic topologies are written ("numa:2 core:4"). Throws core::Error.
  explicit NumaNodes(const char* synthetic = nullptr);
  ~NumaNodes();
  NumaNodes(const NumaNodes&) = delete;
  NumaNodes& operator=(const NumaNodes&) = delete;

  /// Of those with processors (a GPU's own memory may be a node without): the one with the longest way to `node`.
  /// Nothing when there is no other.
  [[nodiscard]] std::optional<int> farthest_from(int node) const;

 private:
  friend class StayOnNode;
  [[nodiscard]] std::vector<int> with_processors() const;

  hwloc_topology* topology_ = nullptr;
};

/// While it lives, this thread runs on `node` and has its memory there. The nodes outlive it.
class StayOnNode {
 public:
  /// Throws core::Error.
  StayOnNode(const NumaNodes& nodes, int node);
  ~StayOnNode();
  StayOnNode(const StayOnNode&) = delete;
  StayOnNode& operator=(const StayOnNode&) = delete;

 private:
  struct Before;
  hwloc_topology* topology_;
  std::unique_ptr<Before> before_;
};

}  // namespace plumb::diag
