// What `simulate` broke: state by part, and the faults themselves.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "reports/draws.h"
#include "reports/simulate.h"
#include "reports/simulated_fabric.h"
#include "reports/truth.h"

namespace plumb::reports {

struct PlantedFault {
  FaultKind kind = FaultKind::slow_nic;
  std::vector<std::string> components;  // the broken part first
  double factor = 1;
  std::string direction, note;
  std::vector<std::string> shown_in;  // tables beside pairs.csv
  std::uint64_t rows = 0;             // of pairs.csv that it slowed
  double shortfall = 0;               // sum over these rows of 1 - rate / healthy rate
};

/// A factor and who put it there.
struct Slowed {
  double factor = 1;
  std::uint32_t fault = kNoIndex;
};

/// A leaf or a pod, some of whose cables up carry nothing.
struct Starved {
  std::uint32_t fault = kNoIndex;
  double factor = 1;  // share of them that is left
  double up_Bps = 0;  // of all of them
};

struct EndState {
  Slowed out, in;
  double gpu = 1;         // of what gpus.csv measures
  double stall = 1;       // worst window over median window of a flapping cable, in some rows
  double cable_rate = 1;  // share that a down-trained cable kept
  bool narrow_in_links = false, narrow_in_checks = false;  // where the half-width slot shows
  topology::NodeIndex plugged_at = kNoNode;                // another leaf than the map says
  std::uint32_t fault = kNoIndex;
};

/// Counted between the two readings, at the first and the second end of a cable.
struct CableErrors {
  std::array<std::int64_t, 2> symbols{}, broken_packets{};
  std::int64_t downs = 0;
};

struct PlantedFaults {
  std::vector<PlantedFault> faults;
  std::vector<EndState> ends;  // by end of the fabric
  std::map<topology::NodeIndex, Slowed> leaves;
  std::map<topology::LinkIndex, Slowed> uplinks;
  std::map<topology::LinkIndex, CableErrors> errors;
  std::map<topology::LinkIndex, std::uint32_t> dead_uplinks;  // that the map still has: by which fault
  std::map<topology::NodeIndex, Starved> starved_leaves;
  std::map<topology::NodeIndex, Starved> starved_pods;  // by the first spine of a rail there
  Slowed fabric;
  std::array<Slowed, 2> generation;  // a regression of its driver
};

/// Draws the faults; the same ones every night, but for the regression. Throws UsageError when the fabric has no room
/// for what was ordered.
PlantedFaults plant(const SimulatedFabric& fabric, const SimulateOptions& options, Ends ends, int night);

/// Of a link between a NIC and its GPU, or its host where it has none.
std::string pcie_id(const topology::Graph& graph, const SimulatedEnd& end);

/// Rows of truth.csv. `noise` is that of pairs.csv: a fault shows there when its rows fall short by six times their
/// standard error; an uplink only when routes.csv tells the ways.
std::vector<TruthRow> truth_of(const PlantedFaults& planted, double noise, bool knows_ways);

}  // namespace plumb::reports
