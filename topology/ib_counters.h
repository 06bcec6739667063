// Counters of InfiniBand ports, read by performance queries; never cleared.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "topology/ib_fabric.h"
#include "topology/mad_exchange.h"

namespace plumb::topology {

/// Of a port; `name` is an index for ib_counter.
struct IbCounterSeen {
  std::uint64_t guid = 0;
  std::int64_t t_unix_ns = 0, value = 0;
  std::uint16_t port = 0, name = 0;
};

IbPortCounter ib_counter(const IbCounterSeen& seen, std::string_view phase);

struct IbReading {
  std::vector<IbCounterSeen> counters;
  std::vector<IbPortSeen> lost;  // ports that did not answer
  bool in_time = false;
};

/// Extended counters where a device has them, else the classic ones, which stop at the end of their field.
IbReading read_ib_counters(MadTransport& transport, std::span<const IbPortSeen> ports, const ExchangeLimits& limits);

/// The same beside the program, through the local port.
IbReading read_ib_counters(const IbLocalPort& from, std::span<const IbPortSeen> ports, Deadline deadline);

}  // namespace plumb::topology
