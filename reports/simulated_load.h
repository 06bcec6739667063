// Rounds in which every rail of every host sends at once, and flows share the cables that they are hashed to.
#pragma once

#include <set>
#include <utility>
#include <vector>

#include "reports/draws.h"
#include "reports/planted_faults.h"
#include "reports/simulated_ways.h"

namespace plumb::reports {

struct LoadedFlow {
  std::uint32_t src = 0, dst = 0;           // ends of the fabric
  std::vector<topology::LinkIndex> cables;  // between switches
  double share = 1;                         // of what it gets alone
};

class LoadedRounds {
 public:
  LoadedRounds(const SimulatedFabric& fabric, PlantedFaults& planted, Draws draws);

  /// One way of each pair, then the other, by turns. In every second round half of the hosts stay on their leaf. Counts
  /// what planted faults slowed.
  std::vector<LoadedFlow> next();

 private:
  using HostPair = std::pair<topology::NodeIndex, topology::NodeIndex>;
  [[nodiscard]] std::vector<HostPair> pair_hosts();
  void add_pair(const HostPair& hosts, std::vector<LoadedFlow>& flows);
  /// Those of one direction: every second, from `first` on.
  void share_out(std::vector<LoadedFlow>& flows, std::size_t first);
  void count(const std::vector<LoadedFlow>& flows, std::size_t first);

  const SimulatedFabric& fabric_;
  PlantedFaults& planted_;
  Draws draws_;
  SimulatedWays ways_;
  int round_ = 0;
};

/// Where its cable really ends.
topology::NodeIndex leaf_of(const SimulatedFabric& fabric, const PlantedFaults& planted, std::uint32_t end);
std::set<topology::LinkIndex> dead_in(const PlantedFaults& planted);

}  // namespace plumb::reports
