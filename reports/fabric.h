// The parts that a measurement between two endpoints goes through.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "reports/localise.h"
#include "reports/map.h"
#include "reports/usual_rates.h"
#include "topology/ways.h"

namespace plumb::reports {

struct Part {
  std::string id;     // as in nodes.csv or links.csv
  std::string kind;   // host, nic, gpu, rank, cable, switch
  std::string group;  // what coverage counts it among: "host cable", "leaf switch", …
  std::string host;   // that it belongs to; empty for switches and the cables between them
};

struct Path {
  std::vector<Touch> touches;
  std::string_view distance;                 // "same host", "same leaf", "other host", …
  std::optional<double> line_rate_Bps;       // of the slowest hop, where known: what parts of its kind run at
  std::uint32_t src_kind = 0, dst_kind = 0;  // paths compare between NICs of the same kinds: models and line rates
};

/// What is known of the fabric. Without a map, the parts are the endpoints and their hosts; with one, also its cables,
/// switches and the NICs that have a cable, measured or not.
class Fabric {
 public:
  Fabric() : Fabric(Map{}) {}
  explicit Fabric(Map map);
  Fabric(const Fabric&) = delete;
  Fabric& operator=(const Fabric&) = delete;

  /// From src to dst, endpoint ids of pairs.csv.
  Path path(const std::string& src, const std::string& dst);

  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }
  [[nodiscard]] std::optional<std::uint32_t> find_part(const std::string& id) const;
  [[nodiscard]] const topology::Graph& graph() const { return map_.graph; }
  /// GPUs on the map, which pairs over host memory do not touch.
  [[nodiscard]] std::size_t gpus_on_map() const;

 private:
  std::uint32_t part(std::string_view id, std::string_view kind, std::string_view group, std::string_view host);
  void add_parts();
  void touch_nic(topology::NodeIndex attached, const std::string& endpoint, Direction direction, Path& path) const;
  void touch_endpoint(const std::string& id, Direction direction, Path& path);
  void touch_host(const std::string& id, Direction direction, Path& path);
  void give_headroom(const topology::Way& way, const std::string& src_host, const std::string& dst_host,
                     Path& path) const;
  void lower_to_node(topology::NodeIndex node, Path& path) const;
  [[nodiscard]] std::optional<topology::NodeIndex> attachment(const std::string& id) const;
  [[nodiscard]] topology::Way way(topology::NodeIndex from, topology::NodeIndex to);
  void touch_way(const topology::Way& way, const std::string& src_host, Path& path) const;
  void touch_inside(const std::string& host, Path& path);

  Map map_;
  UsualRates rates_;
  topology::Ways ways_;
  std::vector<Part> parts_;
  std::unordered_map<std::string, std::uint32_t> index_;
  std::vector<std::uint32_t> part_of_node_, part_of_cable_;
};

/// By part: how often parts of its kind fail, as a log, up to a constant.
std::vector<float> log_priors(const Fabric& fabric);

/// "n05" of "host/n05", "nic/n05/mlx5_0", "gpu/n05/3" and "rank/n05/2"; empty for others. Not for links.
std::string host_of(const std::string& id);
/// "nic" of "nic/n05/mlx5_0". Not for links.
std::string kind_of(const std::string& id);

}  // namespace plumb::reports
