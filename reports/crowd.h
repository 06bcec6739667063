// How much of a crowded way each of several flows at once may have.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reports/fabric.h"
#include "reports/paths.h"

namespace plumb::reports {

class CrowdedWays {
 public:
  CrowdedWays(const Fabric& fabric, const Paths& paths);

  /// Of flows (indices of paths) that run at once, each at its line rate: the share of it that the cables between
  /// switches leave, by flow, at most 1.
  [[nodiscard]] std::vector<float> shares(std::span<const std::uint32_t> flows) const;
  /// Whether the map leads it over cables between switches.
  [[nodiscard]] bool crosses(std::uint32_t path) const;

 private:
  struct Loads {
    double out = 0, in = 0;  // bytes a second
    void add(const Loads& other) {
      out += other.out;
      in += other.in;
    }
  };
  [[nodiscard]] float share(const Touch& touch, const std::vector<Loads>& loads) const;
  void learn_rates(const Fabric& fabric);

  const Paths& paths_;
  std::vector<float> rate_Bps_;  // by part: of cables between switches; 0 for others
};

}  // namespace plumb::reports
