// In the place of port_log.cpp on simulated fabrics, whose ports have no counters.
#include "bench/port_log.h"

namespace plumb::bench {

PortLog::PortLog(const Ranks&, const std::vector<core::RankRow>&, const std::filesystem::path&) {}

void PortLog::finish() const {}

}  // namespace plumb::bench
