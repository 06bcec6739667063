#include "bench/ucx_worker.h"

#include <fmt/format.h>

namespace plumb::bench {
namespace {

ucp_context_h make_context(std::size_t endpoints_expected) {
  ucp_config_t* config = nullptr;
  require_ucx(ucp_config_read(nullptr, nullptr, &config), "reading UCX_* from the environment");
  ucp_params_t params{};
  params.field_mask = UCP_PARAM_FIELD_FEATURES | UCP_PARAM_FIELD_ESTIMATED_NUM_EPS;
  params.features = UCP_FEATURE_TAG;
  params.estimated_num_eps = endpoints_expected;
  ucp_context_h context = nullptr;
  const auto status = ucp_init(&params, config, &context);
  ucp_config_release(config);
  require_ucx(status, "ucp_init");
  return context;
}

}  // namespace

void require_ucx(ucs_status_t status, const std::string& what) {
  if (status != UCS_OK) {
    throw core::Error(fmt::format("{}: {}", what, ucs_status_string(status)));
  }
}

UcxWorker::UcxWorker(std::size_t endpoints_expected) : context_(make_context(endpoints_expected)) {
  ucp_worker_params_t params{};
  params.field_mask = UCP_WORKER_PARAM_FIELD_THREAD_MODE;
  params.thread_mode = UCS_THREAD_MODE_SINGLE;
  if (const auto status = ucp_worker_create(context_, &params, &worker_); status != UCS_OK) {
    ucp_cleanup(context_);
    require_ucx(status, "ucp_worker_create");
  }
}

UcxWorker::~UcxWorker() {
  ucp_worker_destroy(worker_);
  ucp_cleanup(context_);
}

std::string UcxWorker::address() const {
  ucp_address_t* address = nullptr;
  std::size_t bytes = 0;
  require_ucx(ucp_worker_get_address(worker_, &address, &bytes), "ucp_worker_get_address");
  std::string text(reinterpret_cast<const char*>(address), bytes);
  ucp_worker_release_address(worker_, address);
  return text;
}

}  // namespace plumb::bench
