// Which transports and devices UCX has, and which it chose: read off what it prints, since its functions do not tell.
#pragma once

#include <ucp/api/ucp.h>

#include <string>
#include <vector>

namespace plumb::bench {

/// A transport on a device: "rc_verbs/mlx5_0:1", "tcp/eth0", "cma/memory".
using UcxLane = std::string;

/// All that UCX may use here, given UCX_TLS and UCX_NET_DEVICES; in its order.
std::vector<UcxLane> lanes_of(ucp_context_h context);
/// What a connection uses, each once; known once it has carried a message.
std::vector<UcxLane> lanes_of(ucp_ep_h endpoint);

/// As ucp_context_print_info and ucp_ep_print_info print them.
std::vector<UcxLane> lanes_in_context(const std::string& printed);
std::vector<UcxLane> lanes_in_endpoint(const std::string& printed);

/// "tcp (lo, eth0), sysv, cma": devices by transport, but for memory.
std::string words_of(const std::vector<UcxLane>& lanes);

}  // namespace plumb::bench
