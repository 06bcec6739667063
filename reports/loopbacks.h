// What NICs reach with their own host's memory, beside what they reach with others: it tells a cable from what is
// behind the NIC.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "reports/judge.h"

namespace plumb::reports {

class Loopbacks {
 public:
  Loopbacks(const Evidence& evidence, const PairView& view);

  /// Puts into a finding of slow bandwidth what loopback says of the end that most of its measurements share: that it
  /// is slow there, too, or as fast as its peers. Nothing where it was not measured. `explained`: of evidence.pairs.
  void add_to(core::Finding& finding, const std::vector<std::uint64_t>& explained) const;

 private:
  [[nodiscard]] std::uint32_t shared_end(const std::vector<std::uint64_t>& explained) const;

  const Evidence& evidence_;
  const PairView& view_;
  std::map<std::uint32_t, std::uint32_t> largest_;  // by endpoint: its row of bandwidth with the largest messages
};

}  // namespace plumb::reports
