// What a rank measures for: the id that stands for it in pairs.csv.
#pragma once

#include <string>
#include <vector>

#include "core/rows.h"

namespace plumb::bench {

/// Devices by local rank, from "mlx5_0,mlx5_1"; throws UsageError on an empty or repeated name.
std::vector<std::string> parse_nics(const std::string& text);

/// Fills the column `nic` of each row by its local rank. Throws UsageError when a host has more ranks than `nics`.
void assign_nics(std::vector<core::RankRow>& ranks, const std::vector<std::string>& nics);

/// Ids by rank: that of its GPU where the backend uses one, else nic/<host>/<device> where the NIC is known, else
/// host/<host> where a host has one rank, else rank/<host>/<local rank>.
std::vector<std::string> endpoint_ids(const std::vector<core::RankRow>& ranks);

/// By rank, nic/<host>/<device> of each of its NICs. `nics`: the devices by rank, each "mlx5_0,mlx5_1".
std::vector<std::vector<std::string>> rail_ids(const std::vector<core::RankRow>& ranks,
                                               const std::vector<std::string>& nics);

/// Why pairs of these ranks would print plausible nonsense: two ranks share a host and its device; empty when fine.
std::string shared_device(const std::vector<core::RankRow>& ranks);

}  // namespace plumb::bench
