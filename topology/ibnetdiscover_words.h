// The parts of what ibnetdiscover prints.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "topology/cursor.h"
#include "topology/ib_fabric.h"

namespace plumb::topology {

/// "[1]", "[1][ext 7]", "[1](2c90300000011)"; nothing when it is none of these.
std::optional<std::uint32_t> port_number(Cursor& at);
/// "\"S-e41d2d0300000000\""
std::optional<std::uint64_t> quoted_guid(Cursor& at);
/// Of "… lid 9 4xHDR"; leaves the cursor behind the number.
std::optional<std::uint32_t> lid_after(Cursor& at);
/// Whether it is as "4xHDR", "??HDR" or "?????".
bool is_lanes(std::string_view word);
/// A cable of the last node that others tell of and it does not, because the file is cut; its own links begin at
/// `first_own`.
std::optional<IbLink> lost_from_last(const IbFabric& fabric, std::size_t first_own);

}  // namespace plumb::topology
