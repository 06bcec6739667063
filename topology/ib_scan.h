// Looks at an InfiniBand fabric from a port of this host, by directed routes: no subnet manager is needed.
#pragma once

#include <string>
#include <vector>

#include "topology/aside.h"
#include "topology/ib_seen.h"

namespace plumb::topology {

/// The port to look from; empty and 0: the first that is up.
struct IbLocalPort {
  std::string device;
  int port = 0;
};

struct IbScan {
  std::vector<IbNodeSeen> nodes;
  std::vector<IbPortSeen> ports;
  bool in_time = false;
};

/// Once through the fabric, then again for each answer that was lost. What is not known after that stays silent.
/// Until the deadline; then what the first pass has seen is there, if it came to its end.
IbScan scan_ib(const IbLocalPort& from, Deadline deadline);

/// Why this machine cannot look: no device, no permission; empty when it can.
std::string why_no_ib(const IbLocalPort& from, Deadline deadline);

}  // namespace plumb::topology
