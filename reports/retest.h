// The pairs worth measuring next.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/rows.h"

namespace plumb::reports {

/// Suspects against partners that nothing speaks against, a few rounds of disjoint pairs, both ways.
class RetestPlan {
 public:
  /// Keeps a reference.
  explicit RetestPlan(const std::vector<std::string>& endpoints);

  /// Endpoints of a slow measurement that a blamed part explains. An end with itself is no pair: loopback is a schedule
  /// of its own.
  void suspect(std::uint32_t src, std::uint32_t dst);
  /// The endpoints on a blamed part's host are suspects.
  void host(std::string_view host);
  /// A pair that was slow for no known reason.
  void pair(std::uint32_t src, std::uint32_t dst);

  [[nodiscard]] std::vector<core::RetestRow> rounds() const;

 private:
  const std::vector<std::string>& endpoints_;
  std::vector<std::string_view> hosts_;                                       // by endpoint
  std::unordered_map<std::string_view, std::vector<std::uint32_t>> of_host_;  // endpoints
  std::set<std::uint32_t> blamed_;                                            // endpoints
  std::set<std::pair<std::uint32_t, std::uint32_t>> slow_;                    // of blamed parts that are no endpoint's
  std::set<std::pair<std::uint32_t, std::uint32_t>> lone_;
};

}  // namespace plumb::reports
