// Connections of a UCX worker to the other ranks, and what became of them.
#pragma once

#include <string>
#include <vector>

#include "bench/ucx_lanes.h"
#include "bench/ucx_worker.h"

namespace plumb::bench {

class UcxEndpoints {
 public:
  /// `addresses` of all ranks' workers, and the ranks' hosts. The worker has to live longer.
  UcxEndpoints(const UcxWorker& worker, std::vector<std::string> addresses, const std::vector<std::string>& hosts,
               int self);
  ~UcxEndpoints();
  UcxEndpoints(const UcxEndpoints&) = delete;
  UcxEndpoints& operator=(const UcxEndpoints&) = delete;

  /// Throws core::Error.
  void connect(int peer);
  /// Of a connected peer. Throws core::Error when the connection broke.
  [[nodiscard]] ucp_ep_h to(int peer) const;
  /// Throws core::Error with the cause when the connection to `peer` broke.
  void require_alive(int peer) const;

  /// What carries messages to each connected rank on another host.
  [[nodiscard]] std::vector<std::vector<UcxLane>> lanes_to_other_hosts() const;

  struct Peer {
    ucp_ep_h endpoint = nullptr;
    bool is_on_this_host = false;
    ucs_status_t failed = UCS_OK;
  };

 private:
  const UcxWorker& worker_;
  std::vector<std::string> addresses_;
  std::vector<Peer> peers_;  // by rank
};

}  // namespace plumb::bench
