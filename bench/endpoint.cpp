#include "bench/endpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "core/error.h"
#include "core/text.h"

namespace plumb::bench {
namespace {

std::map<std::string, int> ranks_by_host(const std::vector<core::RankRow>& ranks) {
  std::map<std::string, int> count;
  for (const auto& row : ranks) {
    ++count[row.host];
  }
  return count;
}

}  // namespace

std::vector<std::string> parse_nics(const std::string& text) {
  std::vector<std::string> nics;
  std::istringstream stream(text);
  for (std::string nic; std::getline(stream, nic, ',');) {
    if (nic.empty() || std::find(nics.begin(), nics.end(), nic) != nics.end()) {
      throw core::UsageError(fmt::format("--nics {}: give each device once, such as mlx5_0,mlx5_1", text));
    }
    nics.push_back(nic);
  }
  return nics;
}

void assign_nics(std::vector<core::RankRow>& ranks, const std::vector<std::string>& nics) {
  for (auto& row : ranks) {
    const auto local = static_cast<std::size_t>(row.local_rank);
    if (local >= nics.size()) {
      throw core::UsageError(fmt::format("--nics names {} devices but host {} has more ranks; start one rank a device",
                                         nics.size(), core::printable(row.host)));
    }
    row.nic = nics[local];
  }
}

std::vector<std::string> endpoint_ids(const std::vector<core::RankRow>& ranks) {
  const auto on_host = ranks_by_host(ranks);
  std::vector<std::string> ids;
  for (const auto& row : ranks) {
    ids.push_back(!row.gpu.empty()            ? row.gpu
                  : !row.nic.empty()          ? fmt::format("nic/{}/{}", row.host, row.nic)
                  : on_host.at(row.host) == 1 ? fmt::format("host/{}", row.host)
                                              : fmt::format("rank/{}/{}", row.host, row.local_rank));
  }
  return ids;
}

std::vector<std::vector<std::string>> rail_ids(const std::vector<core::RankRow>& ranks,
                                               const std::vector<std::string>& nics) {
  std::vector<std::vector<std::string>> ids(ranks.size());
  for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
    for (const auto& nic : parse_nics(nics[rank])) {
      ids[rank].push_back(fmt::format("nic/{}/{}", ranks[rank].host, nic));
    }
  }
  return ids;
}

std::string shared_device(const std::vector<core::RankRow>& ranks) {
  std::set<std::pair<std::string, std::string>> devices;
  for (const auto& row : ranks) {
    const auto& device = row.gpu.empty() ? row.nic : row.gpu;
    if (!devices.emplace(row.host, device).second) {
      return fmt::format(
          "ranks share {} on host {}, so pairs would measure each other's traffic; start one rank a host (mpirun "
          "--map-by ppr:1:node), name a device for each with --nics, or say --allow-shared",
          device.empty() ? "the network device" : device, core::printable(row.host));
    }
  }
  return "";
}

}  // namespace plumb::bench
