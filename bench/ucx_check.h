// Does UCX use the RDMA devices that a host has?
#pragma once

#include <string>
#include <vector>

#include "bench/ucx_lanes.h"
#include "core/rows.h"

namespace plumb::bench {

/// The row `ucx_transport` of a host: what it uses to each of some ranks on other hosts. It fails where one is reached
/// by TCP alone although the host has RDMA devices.
core::CheckRow ucx_transport_check(const std::string& host, const std::vector<std::vector<UcxLane>>& remote,
                                   const std::vector<std::string>& rdma_devices);

/// There are some, and each is on an RDMA device.
bool all_rdma(const std::vector<UcxLane>& lanes);

}  // namespace plumb::bench
