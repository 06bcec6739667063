// The parts that a measurement between two endpoints goes through.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/localise.h"

namespace plumb::reports {

struct Part {
  std::string id;    // as in nodes.csv or links.csv
  std::string kind;  // host, nic, gpu, rank, cable, switch
};

struct Path {
  std::vector<Touch> touches;
  std::string_view distance;            // paths that can be compared: "same host", "other host"
  std::optional<double> line_rate_Bps;  // of the slowest hop, where known
};

/// What is known of the fabric. Without a map, the parts are the endpoints and their hosts.
class Fabric {
 public:
  /// From src to dst, endpoint ids of pairs.csv.
  Path path(const std::string& src, const std::string& dst);

  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }
  /// The part of that id, made when it is new.
  std::uint32_t part(const std::string& id, const std::string& kind);

 private:
  void touch_endpoint(const std::string& id, Direction direction, std::vector<Touch>& touches);

  std::vector<Part> parts_;
  std::map<std::string, std::uint32_t> index_;
};

/// "n05" of "host/n05", "nic/n05/mlx5_0", "gpu/n05/3" and "rank/n05/2"; empty for others.
std::string host_of(const std::string& id);
/// "nic" of "nic/n05/mlx5_0".
std::string kind_of(const std::string& id);

}  // namespace plumb::reports
