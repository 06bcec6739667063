#include "bench/ucx_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>

namespace plumb::bench {
namespace {

bool is_tcp_alone(const std::vector<UcxLane>& lanes) {
  return std::ranges::all_of(lanes, [](const UcxLane& lane) { return lane.starts_with("tcp/"); });
}

}  // namespace

bool all_rdma(const std::vector<UcxLane>& lanes) {
  constexpr std::array kRdma = {"rc_", "dc_", "ud_"};
  return !lanes.empty() && std::ranges::all_of(lanes, [&](const UcxLane& lane) {
    return std::ranges::any_of(kRdma, [&](const char* start) { return lane.starts_with(start); });
  });
}

core::CheckRow ucx_transport_check(const std::string& host, const std::vector<std::vector<UcxLane>>& remote,
                                   const std::vector<std::string>& rdma_devices) {
  std::map<std::string, int> ranks_by_way;
  for (const auto& lanes : remote) {
    ++ranks_by_way[words_of(lanes)];
  }
  std::vector<std::string> ways;
  for (const auto& [way, ranks] : ranks_by_way) {
    ways.push_back(fmt::format("{} to {} {} on other hosts", way, ranks, ranks == 1 ? "rank" : "ranks"));
  }
  const bool fell_back = !rdma_devices.empty() && std::ranges::any_of(remote, is_tcp_alone);
  core::CheckRow row{.host = host, .subject = "host/" + host, .check = "ucx_transport", .status = "pass"};
  row.observed = fmt::format("{}", fmt::join(ways, "; "));
  if (fell_back) {
    row.status = "fail";
    row.expected = fmt::format("RDMA (rc, dc or ud) over {}", fmt::join(rdma_devices, ", "));
    row.advice =
        "ucx_info -d has to list the devices; see that UCX_TLS and UCX_NET_DEVICES allow them, that the container "
        "has /dev/infiniband, and that ulimit -l is unlimited";
  }
  return row;
}

}  // namespace plumb::bench
