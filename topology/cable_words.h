// Rows about cables and nodes, in words that help at a rack.
#pragma once

#include "topology/cable_faults.h"
#include "topology/node_faults.h"

namespace plumb::topology {

class CableWords {
 public:
  /// `found_left`: the cables that are not as planned; they may be in the way where a plug belongs.
  CableWords(const Cabling& cabling, const std::vector<std::uint32_t>& found_left);

  [[nodiscard]] core::CheckRow row(const CableFault& fault) const;
  [[nodiscard]] core::CheckRow row(const MissingNode& node) const;
  [[nodiscard]] core::CheckRow row(const ExtraNode& node) const;
  /// A cable that is where it belongs and slower than it should be.
  [[nodiscard]] core::CheckRow slower_row(const Cable& found, const std::string& is, const std::string& planned) const;

  /// "leaf7 port 17", "n05 mlx5_0 port 1".
  [[nodiscard]] std::string spoken(const Socket& socket) const;
  /// "leaf7", "n05".
  [[nodiscard]] std::string spoken(Part part) const;

 private:
  [[nodiscard]] std::array<Socket, 2> ends(const Cable& cable) const;
  [[nodiscard]] std::string spoken(const Cable& cable) const;
  [[nodiscard]] std::string places(const Cable& cable) const;
  [[nodiscard]] std::string place(const Socket& socket) const;
  [[nodiscard]] std::string in_rack(Part part) const;
  [[nodiscard]] std::string host_of(const Cable& cable) const;
  [[nodiscard]] std::vector<std::uint32_t> in_order(std::vector<std::uint32_t> found) const;
  [[nodiscard]] std::string subject(const std::vector<std::uint32_t>& found) const;
  [[nodiscard]] std::string why_missing(const Cable& planned) const;
  [[nodiscard]] std::string in_the_way(const Socket& socket) const;
  [[nodiscard]] std::string swap_advice(std::vector<CableFault::Move> moves) const;
  [[nodiscard]] std::string list(const std::vector<std::uint32_t>& cables, const std::vector<Cable>& all) const;

  const Cabling& cabling_;
  std::unordered_map<std::uint64_t, std::uint32_t> found_in_;  // cable by socket
};

}  // namespace plumb::topology
