// Cables, or switches, that many ways share: kept once.
#pragma once

#include <tsl/robin_map.h>

#include <cstdint>
#include <span>
#include <vector>

#include "topology/graph.h"

namespace plumb::topology {

using BundleIndex = std::uint32_t;

/// Of two indices in one number, whose low bits alone would collide.
struct MixedHash {
  std::size_t operator()(std::uint64_t key) const {
    const auto hash = key * 0x9e3779b97f4a7c15ULL;
    return hash ^ hash >> 32U;
  }
};

/// Traffic takes each member with this probability.
struct BundleShare {
  BundleIndex bundle = 0;
  bool forward = true;  // of cables: from their first to their second end
  float share = 1;
};

/// Equal lists are one bundle.
class Bundles {
 public:
  BundleIndex of_cables(std::span<const LinkIndex> cables) { return add(true, cables); }
  BundleIndex of_nodes(std::span<const NodeIndex> nodes) { return add(false, nodes); }

  [[nodiscard]] std::size_t size() const { return has_cables_.size(); }
  [[nodiscard]] bool has_cables(BundleIndex bundle) const { return has_cables_[bundle]; }
  /// Cables, or nodes.
  [[nodiscard]] std::span<const std::uint32_t> members(BundleIndex bundle) const {
    return {members_.data() + first_[bundle], members_.data() + first_[bundle + 1]};
  }

 private:
  BundleIndex add(bool has_cables, std::span<const std::uint32_t> members);

  std::vector<bool> has_cables_;
  std::vector<std::uint64_t> first_{0};
  std::vector<std::uint32_t> members_;
  tsl::robin_map<std::uint64_t, BundleIndex> by_hash_;
};

}  // namespace plumb::topology
