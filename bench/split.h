// Ranks in groups that run the same collective at the same time, as nccl-tests' NCCL_TESTS_SPLIT makes them.
#pragma once

#include <string>
#include <vector>

namespace plumb::bench {

struct Split {
  enum class By { nothing, bits_and, bits_or, remainder, quotient };
  By by = By::nothing;
  unsigned value = 0;
  [[nodiscard]] bool splits() const { return by != By::nothing; }
  /// Ranks of one colour are a group.
  [[nodiscard]] unsigned colour_of(int rank) const;
};

/// "MOD 8" or "%8", "AND 0x7" or "&0b111", "OR 7" or "|7", "DIV 8" or "/8"; empty: no groups. Throws UsageError.
Split parse_split(const std::string& text);

/// The group of each of `ranks` ranks, numbered from 0 in the order of their colours. Throws UsageError when they are
/// not of one size, or each rank is alone.
std::vector<int> groups_of(const Split& split, int ranks);

}  // namespace plumb::bench
