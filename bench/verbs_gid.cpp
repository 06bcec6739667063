#include "bench/verbs_gid.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace plumb::bench {
namespace {

/// 0 for an IPv4 address, 1 for IPv6, 2 for one that is good on its own link only.
int reach_of(const ibv_gid& gid) {
  constexpr std::array<std::uint8_t, 12> kIpv4 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::equal(kIpv4.begin(), kIpv4.end(), gid.raw)) {
    return 0;
  }
  return gid.raw[0] == 0xfe && (gid.raw[1] & 0xc0) == 0x80 ? 2 : 1;
}

auto preference(const ibv_gid_entry& entry) {
  return std::tuple(entry.gid_type == IBV_GID_TYPE_ROCE_V2 ? 0 : 1, reach_of(entry.gid), entry.gid_index);
}

}  // namespace

std::vector<ibv_gid_entry> read_gids(ibv_context* device, std::uint32_t port) {
  constexpr std::size_t kMost = 2000;  // the kernel's answer has to fit in 64 KiB
  std::vector<ibv_gid_entry> gids(kMost);
  const auto count = ibv_query_gid_table(device, gids.data(), gids.size(), 0);
  gids.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  std::erase_if(gids, [&](const auto& entry) { return entry.port_num != port; });
  return gids;
}

const ibv_gid_entry* preferred_gid(std::span<const ibv_gid_entry> gids) {
  const auto best = std::ranges::min_element(gids, {}, preference);
  return best == gids.end() ? nullptr : &*best;
}

}  // namespace plumb::bench
