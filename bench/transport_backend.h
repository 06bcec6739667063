// All collectives, and pairs, over a transport.
#pragma once

#include <memory>

#include "bench/backend.h"
#include "bench/channel.h"
#include "bench/transport.h"

namespace plumb::bench {

std::unique_ptr<Backend> make_transport_backend(std::unique_ptr<Transport> transport, int rank, int ranks);

std::unique_ptr<PointToPoint> make_transport_pairs(std::unique_ptr<Transport> transport);

}  // namespace plumb::bench
