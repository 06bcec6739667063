// How fast one measurement of a simulated fabric is, without noise.
#pragma once

#include <span>

#include "reports/planted_faults.h"

namespace plumb::reports {

struct SimulatedRate {
  struct Blame {
    std::uint32_t fault = 0;
    double left = 1;  // of the healthy rate, if nothing else were wrong
  };
  double Bps = 0;
  std::vector<Blame> blames;  // faults that alone would slow it
};

class RateModel {
 public:
  RateModel(const SimulatedFabric& fabric, const PlantedFaults& planted) : fabric_(fabric), planted_(planted) {}

  /// From one end to another over these cables between switches. The slowest part on the way decides; what all share
  /// (the fabric, a driver) comes on top. The answer stays good until the next call.
  const SimulatedRate& rate(std::uint32_t src, std::uint32_t dst, std::span<const topology::LinkIndex> cables);

 private:
  /// Of the slowest part, if all are healthy.
  [[nodiscard]] double capacity_Bps(std::uint32_t src, std::uint32_t dst,
                                    std::span<const topology::LinkIndex> cables) const;
  void limit(double left, const Slowed& slowed);
  void limit_all(std::uint32_t src, std::uint32_t dst, std::span<const topology::LinkIndex> cables, double whole_Bps);
  [[nodiscard]] const Slowed& driver(std::uint32_t end) const {
    return planted_.generation[fabric_.ends()[end].generation];
  }

  const SimulatedFabric& fabric_;
  const PlantedFaults& planted_;
  SimulatedRate rate_;
  double left_ = 1;
};

}  // namespace plumb::reports
