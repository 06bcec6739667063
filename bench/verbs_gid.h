// Which of a RoCE port's addresses to use. Pure, but for read_gids.
#pragma once

#include <infiniband/verbs.h>

#include <cstdint>
#include <span>
#include <vector>

namespace plumb::bench {

/// The valid ones of a port, by index.
std::vector<ibv_gid_entry> read_gids(ibv_context* device, std::uint32_t port);

/// RoCE v2 before v1, as v1 does not leave its subnet; then an IPv4 address, a global IPv6 one, a link-local one; then
/// the lowest index. Null when there is none.
const ibv_gid_entry* preferred_gid(std::span<const ibv_gid_entry> gids);

}  // namespace plumb::bench
