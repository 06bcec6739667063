// The parts that a measurement between two endpoints goes through.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/text_pool.h"
#include "reports/localise.h"
#include "reports/map.h"
#include "reports/usual_rates.h"
#include "topology/ways.h"

namespace plumb::reports {

/// Its texts live as long as the fabric: there are a million parts.
struct Part {
  std::string_view id;     // as in nodes.csv or links.csv
  std::string_view kind;   // host, nic, gpu, rank, cable, switch
  std::string_view group;  // what coverage counts it among: "host cable", "leaf switch", …
  std::string_view host;   // that it belongs to; empty for switches and the cables between them
};

/// One end of a measurement, looked up once.
struct Endpoint {
  static constexpr std::uint32_t kNoPart = 0xffffffff;

  std::uint32_t part = 0;
  std::uint32_t host_part = kNoPart;  // none of a host, which is its own
  std::uint32_t nic_part = kNoPart;   // of a GPU: the NIC that its traffic uses
  std::uint32_t gpu_part = kNoPart;   // of a NIC: the GPU of its rail
  std::string host;
  std::optional<topology::NodeIndex> attached;  // where its traffic enters the map
  std::optional<double> rate_Bps;               // what parts of its kind run at
  std::uint32_t kind = 0;                       // of its NIC: model and line rate
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

  /// Of an id in pairs.csv. Parts that the map has not are added.
  Endpoint endpoint(const std::string& id);
  /// `from_gpus`: the memory of the GPUs next to the NICs was used. Touches of ways that many paths share are those of
  /// bundles.
  Path path(const Endpoint& src, const Endpoint& dst, bool from_gpus);

  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }
  [[nodiscard]] std::optional<std::uint32_t> find_part(std::string_view id) const;
  /// The parts of each bundle that paths have touched so far.
  [[nodiscard]] std::vector<std::vector<std::uint32_t>> bundles() const;
  [[nodiscard]] const topology::Graph& graph() const { return map_.graph; }
  /// GPUs on the map, which pairs over host memory do not touch.
  [[nodiscard]] std::size_t gpus_on_map() const;

 private:
  /// What the cables on a way could carry.
  struct Rates {
    std::vector<std::pair<topology::NodeIndex, double>> at_ends;  // of nodes that a host's own cables join
    std::optional<double> between;                                // of the slowest cable between switches
    [[nodiscard]] std::optional<double> at(topology::NodeIndex node) const;
  };

  std::uint32_t add_part(std::string_view id, std::string_view kind, std::string_view group, std::string_view host);
  std::uint32_t part(std::string_view id, std::string_view kind, std::string_view group, std::string_view host);
  void add_parts();
  [[nodiscard]] std::optional<topology::NodeIndex> attachment(const std::string& id, const std::string& host) const;
  [[nodiscard]] std::uint32_t gpu_of(topology::NodeIndex nic);
  [[nodiscard]] const topology::SharedWay& way(topology::NodeIndex from, topology::NodeIndex to);
  [[nodiscard]] std::optional<double> rate_of_bundle(topology::BundleIndex bundle);
  Rates rates_on(const topology::SharedWay& way);
  void touch_end(const Endpoint& end, Direction direction, bool from_gpus, double headroom, Path& path) const;
  void touch_way(const topology::SharedWay& way, const Rates& rates, const Endpoint& src, Path& path);

  Map map_;
  UsualRates rates_;
  topology::Ways ways_;
  std::vector<Part> parts_;
  core::TextPool texts_;
  tsl::robin_map<std::string_view, std::uint32_t> beside_map_;  // parts that the map does not have, by id
  std::vector<std::uint32_t> part_of_node_, part_of_cable_;
  tsl::robin_map<std::uint64_t, topology::NodeIndex, topology::MixedHash> gpu_of_rail_;  // by host and rail
  std::vector<float> bundle_rates_;  // by bundle: 0 not known, negative not looked up
};

/// By part: how often parts of its kind fail, as a log, up to a constant.
std::vector<float> log_priors(const Fabric& fabric);

/// "n05" of "host/n05", "nic/n05/mlx5_0", "gpu/n05/3" and "rank/n05/2"; empty for others. Not for links.
std::string host_of(const std::string& id);
/// "nic" of "nic/n05/mlx5_0". Not for links.
std::string kind_of(const std::string& id);

}  // namespace plumb::reports
