#include <fmt/format.h>

#include "bench/rdma_ports.h"
#include "bench/verbs_transport.h"

namespace plumb::bench {

core::Component verbs_component() {
  const auto ports = rdma_ports();
  if (ports.empty()) {
    return {"verbs", "", kNoRdmaDevice};
  }
  return {"verbs", fmt::format("libibverbs {}; {}", PLUMB_VERBS_VERSION, rdma_ports_words(ports)), ""};
}

}  // namespace plumb::bench
