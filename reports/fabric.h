// The parts of the fabric, and the ends that measurements have in it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/text_pool.h"
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
  std::optional<std::uint32_t> home;  // its host, or itself when it is one
  std::string_view host;
  std::optional<topology::Ways::End> attached;  // where its traffic enters the map
  std::optional<double> rate_Bps;               // what parts of its kind run at
  std::uint32_t kind = 0;                       // of its NIC: model and line rate
};

/// What is known of the fabric. Without a map, the parts are the endpoints and their hosts; with one, also its cables,
/// switches and the NICs that have a cable, measured or not.
class Fabric {
 public:
  Fabric() : Fabric(Map{}) {}
  explicit Fabric(Map map);
  Fabric(const Fabric&) = delete;
  Fabric& operator=(const Fabric&) = delete;

  /// Of ids in pairs.csv. Parts that the map has not are added.
  std::vector<Endpoint> endpoints(const std::vector<std::string>& ids);
  /// The cables that traffic is known to take, in order; null when nobody told.
  [[nodiscard]] const std::vector<topology::LinkIndex>* route(topology::NodeIndex from, topology::NodeIndex to) const;

  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }
  [[nodiscard]] std::optional<std::uint32_t> find_part(std::string_view id) const;
  [[nodiscard]] std::uint32_t part_of_node(topology::NodeIndex node) const { return part_of_node_[node]; }
  [[nodiscard]] std::uint32_t part_of_cable(topology::LinkIndex cable) const { return part_of_cable_[cable]; }
  [[nodiscard]] const topology::Graph& graph() const { return map_.graph; }
  [[nodiscard]] const UsualRates& rates() const { return rates_; }
  /// GPUs on the map, which pairs over host memory do not touch.
  [[nodiscard]] std::size_t gpus_on_map() const;

 private:
  std::uint32_t add_part(std::string_view id, std::string_view kind, std::string_view group, std::string_view host);
  std::uint32_t part(std::string_view id, std::string_view kind, std::string_view group, std::string_view host);
  void add_parts();
  Endpoint endpoint(const std::string& id, std::optional<topology::NodeIndex> node);
  std::uint32_t part_at(topology::NodeIndex node, std::string_view kind, std::string_view group, std::string_view host);
  [[nodiscard]] std::optional<topology::NodeIndex> host_node(std::optional<topology::NodeIndex> node,
                                                             std::string_view host_name) const;
  [[nodiscard]] std::optional<topology::NodeIndex> attachment(std::optional<topology::NodeIndex> node,
                                                              std::optional<topology::NodeIndex> host) const;
  void attach(topology::NodeIndex at, Endpoint& end);
  [[nodiscard]] std::uint32_t gpu_of(topology::NodeIndex nic);

  Map map_;
  UsualRates rates_;
  std::vector<Part> parts_;
  core::TextPool texts_;
  tsl::robin_map<std::string_view, std::uint32_t> beside_map_;  // parts that the map does not have, by id
  std::vector<std::uint32_t> part_of_node_, part_of_cable_;
  tsl::robin_map<std::uint64_t, topology::NodeIndex, topology::MixedHash> gpu_of_rail_;  // by host and rail
};

/// By part: how often parts of its kind fail, as a log, up to a constant.
std::vector<float> log_priors(const Fabric& fabric);

/// "n05" of "host/n05", "nic/n05/mlx5_0", "gpu/n05/3" and "rank/n05/2"; empty for others. Not for links.
std::string_view host_in(std::string_view id);
std::string host_of(const std::string& id);
/// "nic" of "nic/n05/mlx5_0". Not for links.
std::string_view kind_of(std::string_view id);

}  // namespace plumb::reports
