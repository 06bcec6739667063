// The watchdog of simulated fabrics: none. Real time, threads and sockets mean nothing there; smpirun notices a
// deadlock by itself.
#include "bench/watchdog.h"

namespace plumb::bench {

class Watchdog::Thread {};

// NOLINTNEXTLINE(performance-unnecessary-value-param): the real one keeps it
Watchdog::Watchdog(const Ranks&, Pulse&, std::int64_t, Witness*, OnHang) {}
Watchdog::~Watchdog() = default;

void Watchdog::guard(const std::function<void()>& body) const { body(); }

}  // namespace plumb::bench
