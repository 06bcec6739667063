#include "bench/ucx_endpoints.h"

#include <fmt/format.h>

namespace plumb::bench {
namespace {

/// UCX calls it when it has given up on a connection.
void note_failure(void* peer, ucp_ep_h /*endpoint*/, ucs_status_t status) {
  static_cast<UcxEndpoints::Peer*>(peer)->failed = status;
}

}  // namespace

UcxEndpoints::UcxEndpoints(const UcxWorker& worker, std::vector<std::string> addresses,
                           const std::vector<std::string>& hosts, int self)
    : worker_(worker), addresses_(std::move(addresses)), peers_(addresses_.size()) {
  for (std::size_t i = 0; i < peers_.size(); ++i) {
    peers_[i].is_on_this_host = hosts[i] == hosts[static_cast<std::size_t>(self)];
  }
}

/// By force: the ranks are done with each other, or one of them is dead.
UcxEndpoints::~UcxEndpoints() {
  ucp_request_param_t params{};
  params.op_attr_mask = UCP_OP_ATTR_FIELD_FLAGS;
  params.flags = UCP_EP_CLOSE_FLAG_FORCE;
  for (const auto& peer : peers_) {
    if (peer.endpoint == nullptr) {
      continue;
    }
    void* const closing = ucp_ep_close_nbx(peer.endpoint, &params);
    while (UCS_PTR_IS_PTR(closing) && ucp_request_check_status(closing) == UCS_INPROGRESS) {
      ucp_worker_progress(worker_.get());
    }
    if (UCS_PTR_IS_PTR(closing)) {
      ucp_request_free(closing);
    }
  }
}

void UcxEndpoints::connect(int rank) {
  auto& peer = peers_[static_cast<std::size_t>(rank)];
  if (peer.endpoint != nullptr) {
    return;
  }
  ucp_ep_params_t params{};
  params.field_mask =
      UCP_EP_PARAM_FIELD_REMOTE_ADDRESS | UCP_EP_PARAM_FIELD_ERR_HANDLING_MODE | UCP_EP_PARAM_FIELD_ERR_HANDLER;
  params.address = reinterpret_cast<const ucp_address_t*>(addresses_[static_cast<std::size_t>(rank)].data());
  // With UCX's watch over peers it would not use shared memory; on one host the launcher watches.
  params.err_mode = peer.is_on_this_host ? UCP_ERR_HANDLING_MODE_NONE : UCP_ERR_HANDLING_MODE_PEER;
  params.err_handler = {note_failure, &peer};
  require_ucx(ucp_ep_create(worker_.get(), &params, &peer.endpoint), fmt::format("connecting to rank {}", rank));
}

ucp_ep_h UcxEndpoints::to(int peer) const {
  require_alive(peer);
  return peers_[static_cast<std::size_t>(peer)].endpoint;
}

std::vector<std::vector<UcxLane>> UcxEndpoints::lanes_to_other_hosts() const {
  std::vector<std::vector<UcxLane>> lanes;
  for (const auto& peer : peers_) {
    if (peer.endpoint != nullptr && !peer.is_on_this_host && peer.failed == UCS_OK) {
      lanes.push_back(lanes_of(peer.endpoint));
    }
  }
  return lanes;
}

void UcxEndpoints::require_alive(int peer) const {
  if (const auto failed = peers_[static_cast<std::size_t>(peer)].failed; failed != UCS_OK) {
    require_ucx(failed, fmt::format("the connection to rank {} broke", peer));
  }
}

}  // namespace plumb::bench
