#include "diag/numa_nodes.h"

#include <fmt/format.h>
#include <hwloc.h>
#include <hwloc/distances.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "core/error.h"

namespace plumb::diag {
namespace {

constexpr int kMemory = HWLOC_MEMBIND_THREAD | HWLOC_MEMBIND_BYNODESET;

struct FreeBitmap {
  void operator()(hwloc_bitmap_t bitmap) const { hwloc_bitmap_free(bitmap); }
};
using Bitmap = std::unique_ptr<hwloc_bitmap_s, FreeBitmap>;
Bitmap bitmap() { return Bitmap(hwloc_bitmap_alloc()); }

void require(int code, const char* what) {
  if (code != 0) {
    throw core::Error(fmt::format("{}: {}", what, std::strerror(errno)));
  }
}

hwloc_obj_t node_of(hwloc_topology* topology, int node) {
  return hwloc_get_numanode_obj_by_os_index(topology, static_cast<unsigned>(node));
}

/// Lengths of ways between nodes, as the firmware tells them.
class Distances {
 public:
  explicit Distances(hwloc_topology* topology) : topology_(topology) {
    unsigned count = 1;
    hwloc_distances_get_by_type(topology, HWLOC_OBJ_NUMANODE, &count, &told_, HWLOC_DISTANCES_KIND_FROM_OS, 0);
  }
  ~Distances() {
    if (told_ != nullptr) {
      hwloc_distances_release(topology_, told_);
    }
  }
  Distances(const Distances&) = delete;
  Distances& operator=(const Distances&) = delete;

  /// 0: not told.
  [[nodiscard]] hwloc_uint64_t between(int from, int to) const {
    hwloc_uint64_t forth = 0, back = 0;
    return told_ != nullptr && hwloc_distances_obj_pair_values(told_, node_of(topology_, from), node_of(topology_, to),
                                                               &forth, &back) == 0
               ? forth
               : 0;
  }

 private:
  hwloc_topology* topology_;
  hwloc_distances_s* told_ = nullptr;
};

}  // namespace

NumaNodes::NumaNodes(const char* synthetic) {
  require(hwloc_topology_init(&topology_), "hwloc_topology_init");
  if (synthetic != nullptr && hwloc_topology_set_synthetic(topology_, synthetic) != 0) {
    hwloc_topology_destroy(topology_);
    throw core::Error(fmt::format("hwloc knows no topology '{}'", synthetic));
  }
  if (hwloc_topology_load(topology_) != 0) {
    hwloc_topology_destroy(topology_);
    throw core::Error("hwloc cannot load this host's topology");
  }
}

NumaNodes::~NumaNodes() { hwloc_topology_destroy(topology_); }

std::vector<int> NumaNodes::with_processors() const {
  std::vector<int> nodes;
  for (hwloc_obj_t node = nullptr;
       (node = hwloc_get_next_obj_by_type(topology_, HWLOC_OBJ_NUMANODE, node)) != nullptr;) {
    if (hwloc_bitmap_iszero(node->cpuset) == 0) {
      nodes.push_back(static_cast<int>(node->os_index));
    }
  }
  return nodes;
}

std::optional<int> NumaNodes::farthest_from(int node) const {
  if (node < 0 || node_of(topology_, node) == nullptr) {
    return std::nullopt;
  }
  const Distances distances(topology_);
  std::optional<int> farthest;
  for (const int other : with_processors()) {
    if (other != node && (!farthest || distances.between(node, other) > distances.between(node, *farthest))) {
      farthest = other;
    }
  }
  return farthest;
}

struct StayOnNode::Before {
  Bitmap processors = bitmap(), memory = bitmap();
  hwloc_membind_policy_t policy = HWLOC_MEMBIND_DEFAULT;
};

StayOnNode::StayOnNode(const NumaNodes& nodes, int node) : topology_(nodes.topology_), before_(new Before) {
  const auto* const where = node_of(topology_, node);
  if (where == nullptr) {
    throw core::Error(fmt::format("there is no NUMA node {}", node));
  }
  require(hwloc_get_cpubind(topology_, before_->processors.get(), HWLOC_CPUBIND_THREAD), "hwloc_get_cpubind");
  require(hwloc_get_membind(topology_, before_->memory.get(), &before_->policy, kMemory), "hwloc_get_membind");
  require(hwloc_set_cpubind(topology_, where->cpuset, HWLOC_CPUBIND_THREAD), "hwloc_set_cpubind");
  if (hwloc_set_membind(topology_, where->nodeset, HWLOC_MEMBIND_BIND, kMemory) != 0) {
    const core::Error error(fmt::format("hwloc_set_membind: {}", std::strerror(errno)));
    hwloc_set_cpubind(topology_, before_->processors.get(), HWLOC_CPUBIND_THREAD);
    throw error;
  }
}

StayOnNode::~StayOnNode() {
  hwloc_set_cpubind(topology_, before_->processors.get(), HWLOC_CPUBIND_THREAD);
  hwloc_set_membind(topology_, before_->memory.get(), before_->policy, kMemory);
}

}  // namespace plumb::diag
