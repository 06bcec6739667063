#include "topology/bundles.h"

#include <algorithm>

namespace plumb::topology {
namespace {

std::uint64_t hash_of(bool has_cables, std::span<const std::uint32_t> members) {
  std::uint64_t hash = has_cables ? 1 : 2;
  for (const auto member : members) {
    hash = (hash ^ member) * 0x9e3779b97f4a7c15ULL;
    hash ^= hash >> 32U;
  }
  return hash;
}

}  // namespace

BundleIndex Bundles::add(bool has_cables, std::span<const std::uint32_t> list) {
  auto hash = hash_of(has_cables, list);
  for (auto known = by_hash_.find(hash); known != by_hash_.end(); known = by_hash_.find(++hash)) {
    if (has_cables_[known->second] == has_cables && std::ranges::equal(members(known->second), list)) {
      return known->second;
    }
  }
  const auto bundle = static_cast<BundleIndex>(size());
  by_hash_.emplace(hash, bundle);
  has_cables_.push_back(has_cables);
  members_.insert(members_.end(), list.begin(), list.end());
  first_.push_back(members_.size());
  return bundle;
}

}  // namespace plumb::topology
