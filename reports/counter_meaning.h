// What a port's counters tell, whoever names them.
#pragma once

#include <cstdint>
#include <string>

namespace plumb::reports {

/// What a counter tells when it rises far more than elsewhere.
enum class CounterMeaning : std::uint8_t { traffic, link_down, error, congestion };

/// Counters have other names in sysfs, ethtool, perfquery and each switch's own tools; told by the words they share.
CounterMeaning meaning_of_counter(std::string name);

/// Bits that one count of a counter of data stands for: sysfs tells words of four bytes, plumb-topo bytes. 0 for
/// others.
double bits_of_count(const std::string& counter);

}  // namespace plumb::reports
