#include "bench/rail_parts.h"

#include <algorithm>

namespace plumb::bench {
namespace {

constexpr std::size_t kPage = 4096;

/// That hold all of it.
std::size_t units_of(std::size_t bytes, std::size_t unit) { return (bytes + unit - 1) / unit; }

/// Of all parts but the last.
std::size_t part_bytes(std::size_t bytes, std::size_t rails) {
  return std::max<std::size_t>(1, units_of(units_of(bytes, rails), kPage)) * kPage;
}

}  // namespace

std::size_t rails_used(std::size_t bytes, std::size_t rails) {
  return std::max<std::size_t>(1, units_of(bytes, part_bytes(bytes, rails)));
}

RailPart rail_part(std::size_t bytes, std::size_t rail, std::size_t rails) {
  const auto part = part_bytes(bytes, rails);
  const auto offset = std::min(bytes, rail * part);
  return {offset, std::min(part, bytes - offset)};
}

}  // namespace plumb::bench
