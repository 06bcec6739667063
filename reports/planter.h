// Plants one order after the other; only planted_faults.cpp calls it.
#pragma once

#include <string>
#include <vector>

#include "reports/planted_faults.h"

namespace plumb::reports {

class Planter {
 public:
  Planter(const SimulatedFabric& fabric, const SimulateOptions& options, Ends ends)
      : fabric_(fabric), options_(options), measures_gpus_(ends == Ends::gpu), draws_(options.seed, "faults") {
    planted_.ends.resize(fabric.ends().size());
  }

  /// Throws UsageError when the fabric has no room for it.
  void plant(const FaultOrder& order);
  PlantedFaults take() { return std::move(planted_); }

 private:
  [[nodiscard]] const SimulatedEnd& end(std::uint32_t e) const { return fabric_.ends()[e]; }
  [[nodiscard]] std::string id(topology::NodeIndex node) const { return std::string(fabric_.graph().row(node).id); }
  [[nodiscard]] std::string cable_id(topology::LinkIndex link) const {
    return std::string(fabric_.graph().link_row(link).id);
  }

  [[nodiscard]] std::size_t parts_for(FaultKind kind) const;
  bool plant_one(const FaultOrder& order, std::size_t room);
  bool plant_fabric(const FaultOrder& order);
  /// Of two generations, the older one's driver.
  bool plant_regression(const FaultOrder& order);
  bool plant_uplink(const FaultOrder& order);
  /// A leaf some of whose uplinks carry nothing, though the map has them.
  bool plant_starved_leaf(const FaultOrder& order);
  /// The same of a rail's spines in a pod, and their cables to other pods.
  bool plant_starved_pod(const FaultOrder& order);
  /// Of the cables of each switch, all but `share` carry nothing; `switches` has as many as `cables`.
  Starved starve(FaultKind kind, const std::vector<topology::NodeIndex>& switches,
                 const std::vector<std::vector<topology::LinkIndex>>& cables, double share);
  /// Two cables of a rail, exchanged between leaves; the map has them as planned.
  bool plant_crossed(const FaultOrder& order);
  /// A leaf or a host with all its ends, none of which has a fault.
  bool plant_group(const FaultOrder& order, const std::vector<topology::NodeIndex>& groups);
  std::uint32_t add(FaultKind kind, std::vector<std::string> components, double factor);
  double factor(const FaultOrder& order, double low, double high);
  /// What noise lets be seen: 7 % slower, or 10 %.
  double part_factor(const FaultOrder& order);
  bool plant_end(const FaultOrder& order);
  void break_end(const FaultOrder& order, std::uint32_t e);
  /// A NIC, or a cable, some of which count errors.
  void slow(std::uint32_t e, FaultKind kind, std::string component, double f);
  void break_gpu(std::uint32_t e, double f);
  /// Shows in links.csv, or in checks.csv, or in both.
  void break_pcie(std::uint32_t e, double f);
  void downtrain(std::uint32_t e);
  void flap(const FaultOrder& order, std::uint32_t e);
  void add_errors(topology::LinkIndex link, bool at_first, bool at_second, std::uint32_t fault);

  static constexpr std::size_t kAttempts = 10'000;  // to find a part without a fault
  const SimulatedFabric& fabric_;
  const SimulateOptions& options_;
  bool measures_gpus_;
  Draws draws_;
  PlantedFaults planted_;
};

}  // namespace plumb::reports
