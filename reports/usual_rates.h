// What parts of each kind run at. A port that trained down is to be held against its kind, not against itself.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "topology/graph.h"

namespace plumb::reports {

/// The lower of two rates, of those that are known.
inline void lower(std::optional<double>& rate, std::optional<double> other) {
  if (other) {
    rate = std::min(rate.value_or(*other), *other);
  }
}

/// Cables of one kind join the same models, tiers and pods. A rate that fewer than a fifth of them have is no design,
/// and the usual one of the others stands for it.
class UsualRates {
 public:
  UsualRates() = default;
  /// Keeps no reference to `graph`.
  explicit UsualRates(const topology::Graph& graph);

  /// Bytes a second of one direction; nothing where no peer tells.
  [[nodiscard]] std::optional<double> of_cable(topology::LinkIndex link) const { return of(cable_[link]); }
  /// Of a NIC's port, as NICs of its model tell it.
  [[nodiscard]] std::optional<double> of_node(topology::NodeIndex node) const { return of(node_[node]); }
  /// A number for model and usual line rate: measurements compare between equal ones.
  [[nodiscard]] std::uint32_t kind_of(topology::NodeIndex node) const { return kind_[node]; }

 private:
  [[nodiscard]] static std::optional<double> of(float rate) {
    return rate > 0 ? std::optional<double>(rate) : std::nullopt;
  }

  std::vector<float> cable_, node_;  // 0: not known
  std::vector<std::uint32_t> kind_;
};

}  // namespace plumb::reports
