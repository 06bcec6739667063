// UCX's context and worker as one object, and its errors as ours.
#pragma once

#include <ucp/api/ucp.h>

#include <string>

#include "core/error.h"

namespace plumb::bench {

/// "ucp_ep_create to rank 3: Destination is unreachable", thrown unless `status` is success.
void require_ucx(ucs_status_t status, const std::string& what);

/// Tag messages, configured by UCX_* in the environment. For one thread.
class UcxWorker {
 public:
  /// Throws core::Error.
  explicit UcxWorker(std::size_t endpoints_expected);
  ~UcxWorker();
  UcxWorker(const UcxWorker&) = delete;
  UcxWorker& operator=(const UcxWorker&) = delete;

  [[nodiscard]] ucp_context_h context() const { return context_; }
  [[nodiscard]] ucp_worker_h get() const { return worker_; }
  /// What another rank connects to.
  [[nodiscard]] std::string address() const;

 private:
  ucp_context_h context_ = nullptr;
  ucp_worker_h worker_ = nullptr;
};

}  // namespace plumb::bench
